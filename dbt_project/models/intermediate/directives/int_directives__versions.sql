{{ versions(ref('int_directives__listings'), corrected=newly_corrected('directives')) }}
