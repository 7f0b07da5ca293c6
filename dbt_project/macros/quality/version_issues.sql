{#-
    Issues that one version of a case shows by itself: one row per case and issue code.

    versions: a relation with case_id, unit_id, source, extract_id, row_number, version_no,
    is_current, valid_from_extract_on and the columns the conditions use.
    unit: the column that holds the unit of the case.
    flags: a list of {code, condition, column (optional), value (optional expression for the raw
    value), detail (optional expression)}.

    first_seen_on is the first extract that showed the issue, is_open whether the current version
    still does; file and row are those of the newest version that shows it.
-#}
{% macro version_issues(versions, dataset, flags, unit='unit_id') -%}
    flagged_versions as (

        select
            versions.case_id,
            versions.{{ unit }} as unit_id,
            versions.source,
            versions.extract_id,
            versions.row_number,
            versions.version_no,
            versions.is_current,
            versions.valid_from_extract_on,
            unnest(list_filter([
                {%- for flag in flags %}
                case
                    when {{ flag.condition }}
                        then {
                            'issue_code': '{{ flag.code }}',
                            'column_name': {{ "'" ~ flag.column ~ "'" if flag.column else 'null' }}::varchar,
                            'raw_value': left(({{ flag.value or 'null' }})::varchar, 80),
                            'detail': ({{ flag.detail or 'null' }})::varchar
                        }
                end{{ ',' if not loop.last }}
                {%- endfor %}
            ], lambda flag: flag is not null)) as flag
        from {{ versions }} as versions

    ),

    version_issues as (

        select
            flag.issue_code as issue_code,
            '{{ dataset }}' as dataset,
            max_by(source, version_no) as source,
            case_id,
            max_by(unit_id, version_no) as unit_id,
            max_by(extract_id, version_no) as extract_id,
            max_by(row_number, version_no) as row_number,
            max_by(flag.column_name, version_no) as column_name,
            max_by(flag.raw_value, version_no) as raw_value,
            max_by(flag.detail, version_no) as detail,
            min(valid_from_extract_on) as first_seen_on,
            bool_or(is_current) as is_open
        from flagged_versions
        group by case_id, flag.issue_code

    )
{%- endmacro %}
