{{ on_time_measure('06', cases=ref('int_documents__cases'), scopes={'qms': 'true'}) }}
