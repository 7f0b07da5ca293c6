{#- A deadline before the case began is no deadline (local dates). -#}
{% macro offered_deadline(due_at, begun_at) -%}
    case when {{ due_at }}::date < {{ begun_at }}::date then null else {{ due_at }} end
{%- endmacro %}


{#-
    How the deadline of every case whose deadline ever changed moved, step by step.

    offers: a relation with one row per deadline that a version shows, nulls left out: case_id,
    version_no, offer_no (its order within the version), offered_on (date of the extract), due_at,
    precision, is_repeated (the version before showed the same), extension_approved_on (null where the
    dataset knows no extensions).
    pauses: a relation with case_id, pause_no, known_version_no, paused_from; or none.

    The first deadline stands. An earlier one is accepted. A later one is accepted only when it is
    explained: by an extension approved on or before the deadline then in force, or by a pause known
    by then that began on or before it, each pause explaining one later move. An unexplained later
    deadline is offered again by every later version, and accepted once it is explained. A repeated
    deadline takes no accepted extension back.

    Columns: the offer's, with step, effective_due_at (after the step), due_before (in force before
    it) and explanation (earlier, extension, pause; null: not accepted, or no other deadline).
-#}
{% macro deadline_steps(offers, pauses=none) -%}
    comparable_offers as (

        select
            *,
            {{ compared_deadline('due_at', 'precision') }} as due_compared_at
        from {{ offers }}

    ),

    moving_cases as (

        select case_id
        from comparable_offers
        group by case_id
        having min(due_compared_at) <> max(due_compared_at)

    ),

    pauses_of_cases as (

        {% if pauses -%}
        select
            case_id,
            list({
                'pause_no': pause_no,
                'known_version_no': known_version_no,
                'paused_from': paused_from
            } order by pause_no) as pauses
        from {{ pauses }}
        group by case_id
        {%- else -%}
        select
            null::varchar as case_id,
            null::struct(pause_no bigint, known_version_no bigint, paused_from date) [] as pauses
        {%- endif %}

    ),

    moving_offers as (

        select
            comparable_offers.*,
            pauses_of_cases.pauses,
            row_number() over (
                partition by comparable_offers.case_id
                order by comparable_offers.version_no, comparable_offers.offer_no
            ) as step
        from comparable_offers
        semi join moving_cases on comparable_offers.case_id = moving_cases.case_id
        left join pauses_of_cases on comparable_offers.case_id = pauses_of_cases.case_id

    ),

    followed as (

        with recursive steps as (

            select
                case_id,
                step,
                due_at as effective_due_at,
                due_compared_at as effective_compared_at,
                null::timestamp as due_before,
                null::varchar as explanation,
                []::bigint [] as used_pauses
            from moving_offers
            where step = 1

            union all

            select
                case_id,
                step,
                case when explanation is null then effective_due_at else due_at end
                    as effective_due_at,
                case when explanation is null then effective_compared_at else due_compared_at end
                    as effective_compared_at,
                effective_due_at as due_before,
                explanation,
                case
                    when explanation = 'pause' then list_append(used_pauses, usable_pause_no)
                    else used_pauses
                end as used_pauses
            from (
                select
                    *,
                    case
                        when due_compared_at < effective_compared_at and not is_repeated
                            then 'earlier'
                        when due_compared_at <= effective_compared_at then null
                        when extension_approved_on <= effective_due_at::date then 'extension'
                        when usable_pause_no is not null then 'pause'
                    end as explanation
                from (
                    select
                        offers.case_id,
                        offers.step,
                        offers.due_at,
                        offers.due_compared_at,
                        offers.extension_approved_on,
                        offers.is_repeated,
                        steps.effective_due_at,
                        steps.effective_compared_at,
                        steps.used_pauses,
                        list_filter(
                            offers.pauses,
                            lambda pause:
                            pause.known_version_no <= offers.version_no
                            and pause.paused_from <= steps.effective_due_at::date
                            and not list_contains(steps.used_pauses, pause.pause_no)
                        )[1].pause_no as usable_pause_no
                    from steps
                    inner join moving_offers as offers
                        on steps.case_id = offers.case_id and steps.step + 1 = offers.step
                ) as offered
            ) as judged

        )

        select
            case_id,
            step,
            effective_due_at,
            due_before,
            explanation
        from steps

    ),

    deadline_steps as (

        select
            moving_offers.case_id,
            moving_offers.step,
            moving_offers.version_no,
            moving_offers.offered_on,
            moving_offers.due_at,
            moving_offers.due_compared_at,
            moving_offers.is_repeated,
            {{ compared_deadline('followed.effective_due_at', 'moving_offers.precision') }}
                as effective_compared_at,
            followed.effective_due_at,
            followed.due_before,
            followed.explanation
        from moving_offers
        inner join followed
            on moving_offers.case_id = followed.case_id and moving_offers.step = followed.step

    )
{%- endmacro %}


{#- Deadlines are compared as dates unless the contract says they are instants. -#}
{% macro compared_deadline(due_at, precision) -%}
    case
        when {{ precision }} = 'timestamp' then {{ due_at }}
        else date_trunc('day', {{ due_at }})::timestamp
    end
{%- endmacro %}


{#-
    One row per case with a deadline: the effective one, after moves and corrections.

    offers: the relation that the steps were made from. steps: a relation made by `deadline_steps`.
    dataset: whose corrections apply.
-#}
{% macro effective_deadlines(offers, steps, dataset) -%}
    corrections as (

        select
            case_id,
            due_at
        from {{ ref('int_deadline_corrections') }}
        where dataset = '{{ dataset }}'

    ),

    shown_deadlines as (

        select
            case_id,
            min_by(due_at, (version_no, offer_no)) as first_due_at
        from {{ offers }}
        group by case_id

    ),

    moved_deadlines as (

        select
            case_id,
            max_by(effective_due_at, step) as last_due_at
        from {{ steps }}
        group by case_id

    ),

    effective_deadlines as (

        select
            coalesce(shown_deadlines.case_id, corrections.case_id) as case_id,
            coalesce(
                corrections.due_at, moved_deadlines.last_due_at, shown_deadlines.first_due_at
            ) as effective_due_at,
            coalesce(moved_deadlines.last_due_at, shown_deadlines.first_due_at)
                as uncorrected_due_at
        from shown_deadlines
        left join moved_deadlines on shown_deadlines.case_id = moved_deadlines.case_id
        full join corrections on shown_deadlines.case_id = corrections.case_id

    )
{%- endmacro %}


{#-
    Offers of the datasets that show one deadline per version.
-#}
{% macro plain_deadline_offers(versions) -%}
    select
        case_id,
        version_no,
        1 as offer_no,
        valid_from_extract_on as offered_on,
        offered_due_at as due_at,
        precision,
        false as is_repeated,
        null::date as extension_approved_on
    from {{ versions }}
    where offered_due_at is not null
{%- endmacro %}


{#-
    Every version with the deadline that was in force after it: CTE `version_deadlines`.
    `known_due_at` is the one the extracts gave, `effective_due_at` that or its correction.

    versions: a CTE made by `versions`, with offered_due_at. steps: a relation made by
    `deadline_steps`. dataset: whose corrections apply.
-#}
{% macro version_deadlines(versions, steps, dataset) -%}
    steps_of_versions as (

        select
            case_id,
            version_no,
            max_by(effective_due_at, step) as effective_due_at
        from {{ steps }}
        group by case_id, version_no

    ),

    version_corrections as (

        select
            case_id,
            due_at
        from {{ ref('int_deadline_corrections') }}
        where dataset = '{{ dataset }}'

    ),

    known_deadlines as (

        select
            versions.*,
            last_value(
                coalesce(steps_of_versions.effective_due_at, versions.offered_due_at)
                ignore nulls
            ) over (
                partition by versions.case_id order by versions.version_no
                rows between unbounded preceding and current row
            ) as known_due_at
        from {{ versions }} as versions
        left join steps_of_versions
            on
                versions.case_id = steps_of_versions.case_id
                and versions.version_no = steps_of_versions.version_no

    ),

    version_deadlines as (

        select
            known_deadlines.*,
            coalesce(version_corrections.due_at, known_deadlines.known_due_at)
                as effective_due_at
        from known_deadlines
        left join version_corrections on known_deadlines.case_id = version_corrections.case_id

    )
{%- endmacro %}
