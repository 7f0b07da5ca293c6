{{ coverage_measure('02', cases=ref('int_programme_tasks__cases')) }}
