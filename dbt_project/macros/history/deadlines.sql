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
    -- A case that was shown one deadline has nothing to follow.
    recurring as (

        select case_id from {{ offers }}
        where version_no > 1 or offer_no > 1

    ),

    comparable_offers as (

        select
            offers.*,
            {{ compared_deadline('offers.due_at', 'offers.precision') }} as due_compared_at
        from {{ offers }} as offers
        semi join recurring on offers.case_id = recurring.case_id

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
    What the effective deadline of a case is made of: CTEs `corrections`, `shown_deadlines` and
    `moved_deadlines`. `effective_deadline` puts them together.

    versions: a CTE with every version of the cases. offers: the relation that the steps were made
    from. steps: a relation made by `deadline_steps`. dataset: whose corrections apply.
-#}
{% macro effective_deadlines(versions, offers, steps, dataset) -%}
    corrections as (

        select
            case_id,
            due_at
        from {{ ref('int_deadline_corrections') }}
        where dataset = '{{ dataset }}'

    ),

    -- Of a case with one version and one offer it stands in the version itself.
    recurring as (

        select case_id from {{ versions }}
        where version_no > 1
        union
        select case_id from {{ offers }}
        where offer_no > 1

    ),

    shown_deadlines as (

        select
            offers.case_id,
            min_by(offers.due_at, (offers.version_no, offers.offer_no)) as first_due_at
        from {{ offers }} as offers
        semi join recurring on offers.case_id = recurring.case_id
        group by offers.case_id

    ),

    moved_deadlines as (

        select
            case_id,
            max_by(effective_due_at, step) as last_due_at
        from {{ steps }}
        group by case_id

    )
{%- endmacro %}


{#-
    The columns effective_due_at and uncorrected_due_at of a current version beside left joins with
    the CTEs of `effective_deadlines`.
-#}
{% macro effective_deadline(version) -%}
    coalesce(
            corrections.due_at,
            moved_deadlines.last_due_at,
            shown_deadlines.first_due_at,
            {{ version }}.offered_due_at
        ) as effective_due_at,
        coalesce(
            moved_deadlines.last_due_at, shown_deadlines.first_due_at, {{ version }}.offered_due_at
        ) as uncorrected_due_at
{%- endmacro %}


{% macro join_deadlines(version) -%}
    left join corrections on {{ version }}.case_id = corrections.case_id
    left join shown_deadlines on {{ version }}.case_id = shown_deadlines.case_id
    left join moved_deadlines on {{ version }}.case_id = moved_deadlines.case_id
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
    The deadline in force after every version of the cases that have several, or several offers, or a
    correction: a whole model, merged. `known_due_at` is the one the extracts gave, `effective_due_at` that or its
    correction. Of every other case the one version's own deadline is both.

    versions: a relation with every version of the cases that changed, with offered_due_at. steps: a
    relation made by `deadline_steps`. dataset: whose corrections apply.
-#}
{% macro version_deadlines(versions, steps, dataset) -%}
with

corrections as (

    select
        case_id,
        due_at
    from {{ ref('int_deadline_corrections') }}
    where dataset = '{{ dataset }}'

),

told as (

    select case_id from {{ versions }}
    where version_no > 1
    union
    select case_id from {{ steps }}
    union
    select case_id from corrections

),

steps_of_versions as (

    select
        case_id,
        version_no,
        max_by(effective_due_at, step) as effective_due_at
    from {{ steps }}
    group by case_id, version_no

),

known as (

    select
        versions.case_id,
        versions.version_no,
        last_value(
            coalesce(steps_of_versions.effective_due_at, versions.offered_due_at) ignore nulls
        ) over (
            partition by versions.case_id order by versions.version_no
            rows between unbounded preceding and current row
        ) as known_due_at
    from {{ versions }} as versions
    semi join told on versions.case_id = told.case_id
    left join steps_of_versions
        on
            versions.case_id = steps_of_versions.case_id
            and versions.version_no = steps_of_versions.version_no

),

final as (

    select
        known.*,
        coalesce(corrections.due_at, known.known_due_at) as effective_due_at
    from known
    left join corrections on known.case_id = corrections.case_id

)

select * from final
{%- endmacro %}


{#-
    Versions beside the deadline in force after each: CTE `dated_versions`.

    versions: a relation. deadlines: a relation made by `version_deadlines`.
-#}
{% macro dated_versions(versions, deadlines) -%}
    dated_versions as (

        select
            versions.*,
            case
                when deadlines.case_id is null then versions.offered_due_at
                else deadlines.known_due_at
            end as known_due_at,
            case
                when deadlines.case_id is null then versions.offered_due_at
                else deadlines.effective_due_at
            end as effective_due_at
        from {{ versions }} as versions
        left join {{ deadlines }} as deadlines
            on
                versions.case_id = deadlines.case_id
                and versions.version_no = deadlines.version_no

    )
{%- endmacro %}
