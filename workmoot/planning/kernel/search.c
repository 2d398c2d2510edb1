/* The search: two plans are improved in turn by tabu search and recombined (Ding, Lü, Li, Shen, Xu, Ye 2019); what
 * weighs beside the makespan is improved by threshold accepting (Dueck, Scheuer 1990) on exact objectives. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE 1000  /* rounds without a better plan after which another is turned to */
#define ACCEPTING 200  /* rounds of threshold accepting after these */
#define TRIALS 16      /* of threshold accepting in a round, which then takes about as long as one of tabu search */
#define FIRST_PART 8   /* 16ths of the way from the start to a random plan at which the second plan begins */
#define STIR_PART 2
#define HALF_PART 8

enum { PLANS = 7 };

typedef struct {
    const Problem *problem;
    Random random;
    Tabu tabu;
    Plan best, pair[2], found, tried, other, drawn;
    bool has_pair[2], weighs_more; /* than the makespan */
    int32_t turn;                  /* which of the pair is being improved */
    int64_t stale;                 /* rounds of tabu search since it last got better */
    int64_t accepting;             /* rounds of threshold accepting that are left */
    int32_t *plans;
    int64_t *end, *free_at, *keys;
} Search;

static bool is_more_weighed(const Problem *problem)
{
    for (int32_t task = 0; task < problem->tasks; task++) {
        if (problem->due[task] != 0 && problem->tardiness_weight != 0) return true;
        for (int32_t mode = problem->mode_first[task]; mode < problem->mode_first[task + 1]; mode++)
            if (fixed_price(problem, mode) != fixed_price(problem, problem->mode_first[task])) return true;
    }
    return false;
}

static void begin_on(Search *search, const Plan *plan)
{
    copy_plan(search->problem, &search->found, plan);
    search->found.objective = schedule(search->problem, plan, search->end, search->free_at);
    tabu_load(&search->tabu, plan);
    search->stale = 0;
    search->accepting = 0;
}

static void keep_best(Search *search)
{
    if (search->found.objective < search->best.objective) copy_plan(search->problem, &search->best, &search->found);
}

/* Whether at most a 16th of the tasks stand elsewhere or are done otherwise. */
static bool are_alike(const Search *search)
{
    int32_t differ = 0;
    for (int32_t place = 0; place < search->problem->tasks; place++) {
        int32_t task = search->pair[0].order[place];
        differ += task != search->pair[1].order[place] || search->pair[0].mode[task] != search->pair[1].mode[task];
    }
    return differ * 16 <= search->problem->tasks;
}

/* The pair's next: one of it moved toward the other, or, where they are alike, stirred. */
static void recombine(Search *search)
{
    int32_t turn = search->turn = 1 - search->turn;
    if (!search->has_pair[turn]) {
        draw_plan(search->problem, &search->random, &search->drawn, search->keys);
        blend(search->problem, &search->best, &search->drawn, FIRST_PART, &search->random, &search->other,
              search->keys);
    } else if (are_alike(search)) {
        draw_plan(search->problem, &search->random, &search->drawn, search->keys);
        blend(search->problem, &search->best, &search->drawn, STIR_PART, &search->random, &search->other, search->keys);
    } else {
        blend(search->problem, &search->pair[turn], &search->pair[1 - turn], HALF_PART, &search->random, &search->other,
              search->keys);
    }
    search->has_pair[turn] = true;
    begin_on(search, &search->other);
}

static void end_turn(Search *search)
{
    copy_plan(search->problem, &search->pair[search->turn], &search->found);
    search->has_pair[search->turn] = true;
    recombine(search);
}

static void improve(Search *search)
{
    const Problem *problem = search->problem;
    Graph *graph = &search->tabu.graph;
    if (search->stale++ >= PATIENCE || !tabu_step(&search->tabu)) {
        search->accepting = search->weighs_more ? ACCEPTING : 0;
        if (search->accepting == 0) return end_turn(search);
        copy_plan(problem, &search->tried, &search->found);
        return;
    }
    if ((wide)(graph->makespan - problem->base) * problem->makespan_weight >= search->found.objective) return;
    for (int32_t task = 0; task < problem->tasks; task++)
        search->end[task] = graph->start[task] + problem->duration[graph->mode[task]];
    wide objective = objective_of(problem, graph->mode, search->end);
    if (objective >= search->found.objective) return;
    copy_plan(problem, &search->found, &(Plan){.order = graph->order, .mode = graph->mode, .objective = objective});
    keep_best(search);
    search->stale = 0;
}

/* The places of an order that a task may take: behind the last of those it waits for, before the first that waits. */
static void span(const Problem *problem, const int32_t *order, int32_t at, int32_t *from, int32_t *to)
{
    int32_t task = order[at], first = problem->before_first[task], last = problem->before_first[task + 1];
    for (*from = at; *from > 0; --*from)
        for (int32_t i = first; i < last; i++)
            if (problem->before[i] == order[*from - 1]) goto behind;
behind:
    first = problem->after_first[task];
    last = problem->after_first[task + 1];
    for (*to = at; *to + 1 < problem->tasks; ++*to)
        for (int32_t i = first; i < last; i++)
            if (problem->after[i] == order[*to + 1]) return;
}

static void shift(int32_t *order, int32_t from, int32_t to)
{
    int32_t task = order[from], step = from < to ? 1 : -1;
    for (int32_t at = from; at != to; at += step) order[at] = order[at + step];
    order[to] = task;
}

/* One trial: another mode, or another place in the order; taken back where that makes the plan worse by too much. */
static void accept_or_not(Search *search)
{
    const Problem *problem = search->problem;
    Plan *plan = &search->tried;
    wide slack = plan->objective / 400 * search->accepting / ACCEPTING;
    wide most = plan->objective + slack * draw_below(&search->random, 1024) / 1024, before = plan->objective;
    int32_t at = draw_below(&search->random, problem->tasks), task = plan->order[at], mode = plan->mode[task], to = at;
    int32_t first = problem->mode_first[task], ways = problem->mode_first[task + 1] - first;
    if (ways > 1 && draw_below(&search->random, 2) == 0) {
        plan->mode[task] = first + draw_below(&search->random, ways);
    } else {
        int32_t from, last;
        span(problem, plan->order, at, &from, &last);
        to = from + draw_below(&search->random, last - from + 1);
        shift(plan->order, at, to);
    }
    plan->objective = schedule(problem, plan, search->end, search->free_at);
    if (plan->objective > most) {
        plan->mode[task] = mode;
        shift(plan->order, to, at);
        plan->objective = before;
    }
    if (plan->objective < search->found.objective) copy_plan(problem, &search->found, plan);
}

static void accept(Search *search)
{
    for (int32_t trial = 0; trial < TRIALS; trial++) accept_or_not(search);
    keep_best(search);
    if (--search->accepting == 0) end_turn(search);
}

/* From here on: what Python calls. */

void search_free(Search *search);

static Plan plan_at(Search *search, int32_t index)
{
    int32_t *at = search->plans + (size_t)index * 2 * (size_t)search->problem->tasks;
    return (Plan){.order = at, .mode = at + search->problem->tasks};
}

/* Begins a search from a plan; the rival, if any, is the other of the pair. None where memory is short. */
Search *search_new(const Problem *problem, int32_t *order, int32_t *mode, int32_t *rival_order, int32_t *rival_mode,
                   uint64_t seed)
{
    Search *search = calloc(1, sizeof(Search));
    if (!search) return NULL;
    size_t tasks = (size_t)problem->tasks;
    search->problem = problem;
    search->random.state = seed;
    search->plans = calloc(PLANS * 2 * tasks, sizeof(int32_t));
    search->end = calloc(tasks * 2 + (size_t)problem->resources, sizeof(int64_t));
    if (!tabu_new(&search->tabu, problem, &search->random) || !search->plans || !search->end) {
        search_free(search);
        return NULL;
    }
    search->keys = search->end + tasks;
    search->free_at = search->keys + tasks;
    Plan *plans[] = {&search->best, &search->pair[0], &search->pair[1], &search->found,
                     &search->tried, &search->other, &search->drawn};
    for (int32_t index = 0; index < PLANS; index++) *plans[index] = plan_at(search, index);
    search->weighs_more = is_more_weighed(problem);
    begin_on(search, &(Plan){.order = order, .mode = mode});
    copy_plan(problem, &search->best, &search->found);
    if (rival_order) {
        copy_plan(problem, &search->pair[1], &(Plan){.order = rival_order, .mode = rival_mode});
        search->pair[1].objective = schedule(problem, &search->pair[1], search->end, search->free_at);
        search->has_pair[1] = true;
        if (search->pair[1].objective < search->best.objective) copy_plan(problem, &search->best, &search->pair[1]);
    }
    return search;
}

void search_free(Search *search)
{
    tabu_free(&search->tabu);
    free(search->plans);
    free(search->end);
    free(search);
}

void search_run(Search *search, int64_t rounds)
{
    for (int64_t round = 0; round < rounds; round++) {
        if (search->accepting > 0)
            accept(search);
        else
            improve(search);
    }
}

void search_best(const Search *search, int32_t *order, int32_t *mode)
{
    copy_plan(search->problem, &(Plan){.order = order, .mode = mode}, &search->best);
}

/* The upper and the lower word of the best plan's objective. */
void search_objective(const Search *search, int64_t *words)
{
    words[0] = (int64_t)(search->best.objective >> 64);
    words[1] = (int64_t)search->best.objective;
}
