{#-
    Whether a dossier can have any issue that its versions show: cheap, and never false where there is
    one. Only those dossiers are looked at closely (`int_issues__dossiers`); of most nothing is wrong.

    Needs the columns of `int_dossiers__cases` while it puts them together.
-#}
{% macro may_have_issues() -%}
    coalesce(
            version_no > 1
            or (effective_due_at is null and excluded_reason is null and not is_exempt)
            or (offered_due_at is null and due_at is not null)
            or undated_from is not null
            or not is_due_on_working_day
            or (completed_at is null and returned_at is not null)
            or is_withdrawn
            or late_paused_from is not null
            or apology_sent_at is not null
            or effective_service_level is null
            or (effective_service_level = 'level_2' and channel = 'online')
            or channel is null
            or not is_procedure_known
            or not is_unit_known
            or processing_unit = 'working_hour'
            or abs(due_working_day_no - term_working_day_no) > 1
            or coded_on > received_on
            or coded_on < coalesce(
                submitted_at::date, case when channel is distinct from 'online' then received_on end
            ),
            false
        )
{%- endmacro %}


{#-
    The same for text that was misread; misread_texts is the list of the CTE `misread`. A code of plain
    letters has as many bytes as letters, and is not searched.
-#}
{% macro may_be_misread() -%}
    version_no > 1
        or case
            when strlen(dossier_id) > length(dossier_id) then {{ is_misread('dossier_id') }} else false
        end
        {%- for text in dossier_texts() %}
        or coalesce(list_contains(misread_texts, {{ text }}), false)
        {%- endfor %}
{%- endmacro %}


{#- What people wrote of a dossier, and many dossiers share. -#}
{% macro dossier_texts() -%}
    {{ return(['procedure_id', 'procedure_name', 'field', 'unit_id', 'unit_name']) }}
{%- endmacro %}
