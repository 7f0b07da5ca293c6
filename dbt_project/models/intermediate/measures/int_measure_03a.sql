{{ coverage_measure('03a', cases=ref('int_directives__with_deadline')) }}
