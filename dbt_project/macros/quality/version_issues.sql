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
    -- First which issues a version has, if any; then what there is to say of each.
    issues_of_versions as (

        select
            *,
            concat_ws(
                ','
                {%- for flag in flags %},
                case when {{ flag.condition }} then '{{ flag.code }}' end
                {%- endfor %}
            ) as codes
        from {{ versions }}

    ),

    named_issues as (

        select
            *,
            unnest(string_split(codes, ',')) as issue_code
        from issues_of_versions
        where codes <> ''

    ),

    flagged_versions as (

        select
            case_id,
            {{ unit }} as unit_id,
            source,
            extract_id,
            row_number,
            version_no,
            is_current,
            valid_from_extract_on,
            issue_code,
            {%- for name, key in {'column_name': 'column', 'raw_value': 'value', 'detail': 'detail'}.items() %}
            case issue_code
                {%- for flag in flags if flag[key] %}
                when '{{ flag.code }}' then {% if key == 'column' -%}
                    '{{ flag[key] }}'
                {%- elif key == 'value' -%}
                    left(({{ flag[key] }})::varchar, 80)
                {%- else -%}
                    ({{ flag[key] }})::varchar
                {%- endif %}
                {%- endfor %}
                when '' then null::varchar
            end as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from named_issues

    ),

    version_issues as (

        select
            issue_code,
            '{{ dataset }}' as dataset,
            max_by(source, version_no) as source,
            case_id,
            max_by(unit_id, version_no) as unit_id,
            max_by(extract_id, version_no) as extract_id,
            max_by(row_number, version_no) as row_number,
            max_by(column_name, version_no) as column_name,
            max_by(raw_value, version_no) as raw_value,
            max_by(detail, version_no) as detail,
            min(valid_from_extract_on) as first_seen_on,
            bool_or(is_current) as is_open
        from flagged_versions
        group by case_id, issue_code

    )
{%- endmacro %}
