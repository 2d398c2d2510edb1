/* Tabu search on the critical path: a task of it is put into the best other place or mode (Mastrolilli, Gambardella
 * 2000) by a guess of the longest path through it. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#define MOST_TASKS 12 /* of a critical path in a step, drawn at random: a long one is not looked at whole */

bool tabu_new(Tabu *tabu, const Problem *problem, Random *random)
{
    *tabu = (Tabu){.random = random};
    if (!graph_new(&tabu->graph, problem)) return false;
    size_t width = (size_t)tabu->graph.width;
    tabu->until = calloc((size_t)problem->modes, sizeof(int64_t));
    tabu->path = calloc((size_t)problem->tasks + 4 * width, sizeof(int32_t));
    if (!tabu->until || !tabu->path) return false;
    tabu->best.at = tabu->path + problem->tasks;
    tabu->tried.at = tabu->best.at + width;
    tabu->own = tabu->tried.at + width;
    tabu->any.at = tabu->own + width;
    return true;
}

void tabu_free(Tabu *tabu)
{
    graph_free(&tabu->graph);
    free(tabu->until);
    free(tabu->path);
}

void tabu_load(Tabu *tabu, const Plan *plan)
{
    graph_load(&tabu->graph, plan);
    memset(tabu->until, 0, sizeof(int64_t) * (size_t)tabu->graph.problem->modes);
    tabu->round = 0;
    tabu->shortest = tabu->graph.makespan;
}

static void take(const Tabu *tabu, Move *to)
{
    int32_t *at = to->at;
    memcpy(at, tabu->tried.at, sizeof(int32_t) * (size_t)tabu->graph.width);
    *to = tabu->tried;
    to->at = at;
}

/* Keeps the move that is being tried where it is the best allowed so far; of equals one at random. */
static void consider(Tabu *tabu, wide price)
{
    if (draw_below(tabu->random, ++tabu->seen) == 0) take(tabu, &tabu->any);
    if (tabu->until[tabu->tried.mode] > tabu->round && tabu->tried.path >= tabu->shortest) return;
    if (tabu->ties > 0 && price > tabu->price) return;
    tabu->ties = tabu->ties > 0 && price == tabu->price ? tabu->ties + 1 : 1;
    tabu->price = price;
    if (draw_below(tabu->random, tabu->ties) == 0) take(tabu, &tabu->best);
}

static bool stands_there(const Tabu *tabu, int32_t width)
{
    return tabu->tried.mode == tabu->graph.mode[tabu->tried.task]
        && memcmp(tabu->tried.at, tabu->own, sizeof(int32_t) * (size_t)width) == 0;
}

static int64_t ends_of(const Graph *graph, int32_t task)
{
    return graph->head_without[task] + graph->problem->duration[graph->mode[task]] + graph->problem->handover;
}

static int64_t rest_of(const Graph *graph, int32_t task)
{
    return graph->tail_without[task] + graph->problem->duration[graph->mode[task]] + graph->problem->handover;
}

/* The move that is being tried, by the longest path through its task: all that may bring a new best are equals, for it
 * is another path that then decides. */
static void weigh(Tabu *tabu, wide surcharge)
{
    const Graph *graph = &tabu->graph;
    const Problem *problem = graph->problem;
    int32_t task = tabu->tried.task, mode = tabu->tried.mode, width = mode_width(problem, mode);
    if (stands_there(tabu, width)) return;
    int64_t head = graph->head_without[task], tail = graph->tail_without[task];
    for (int32_t use = 0; use < width; use++) {
        int32_t resource = mode_uses(problem, mode, use), at = tabu->tried.at[use];
        const int32_t *row = graph->row + (size_t)resource * (size_t)problem->tasks;
        head = later(head, at > 0 ? ends_of(graph, row[at - 1]) : problem->busy[resource]);
        if (at < graph->length[resource]) tail = later(tail, rest_of(graph, row[at]));
    }
    tabu->tried.path = later(head + problem->duration[mode] + tail, tabu->shortest - 1);
    consider(tabu, (wide)tabu->tried.path * problem->makespan_weight + surcharge);
}

/* All places in a single resource's row among which is a best one: behind those that need not wait for the task, before
 * those that it need not wait for. */
static void try_row(Tabu *tabu, wide surcharge)
{
    const Graph *graph = &tabu->graph;
    int32_t task = tabu->tried.task, resource = mode_uses(graph->problem, tabu->tried.mode, 0);
    const int32_t *row = graph->row + (size_t)resource * (size_t)graph->problem->tasks;
    int32_t from = 0, to = graph->length[resource];
    while (to > 0 && ends_of(graph, row[to - 1]) > graph->head_without[task]) to--;
    while (from < graph->length[resource] && rest_of(graph, row[from]) > graph->tail_without[task]) from++;
    if (from > to) {
        int32_t swapped = from;
        from = to;
        to = swapped;
    }
    for (tabu->tried.at[0] = from; tabu->tried.at[0] <= to; tabu->tried.at[0]++) weigh(tabu, surcharge);
}

/* All places for a team at once: between the same two tasks of the order in every row. */
static void try_rows(Tabu *tabu, wide surcharge)
{
    const Graph *graph = &tabu->graph;
    const Problem *problem = graph->problem;
    int32_t task = tabu->tried.task, mode = tabu->tried.mode, *at = tabu->tried.at, cut = 0, last = problem->tasks;
    for (int32_t i = problem->before_first[task]; i < problem->before_first[task + 1]; i++)
        if (graph->place[problem->before[i]] >= cut) cut = graph->place[problem->before[i]] + 1;
    for (int32_t i = problem->after_first[task]; i < problem->after_first[task + 1]; i++)
        if (graph->place[problem->after[i]] < last) last = graph->place[problem->after[i]];
    memset(at, 0, sizeof(int32_t) * (size_t)graph->width);
    while (cut <= last) {
        int32_t next = last + 1;
        for (int32_t use = 0; use < mode_width(problem, mode); use++) {
            int32_t resource = mode_uses(problem, mode, use);
            const int32_t *row = graph->row + (size_t)resource * (size_t)problem->tasks;
            while (at[use] < graph->length[resource] && graph->place[row[at[use]]] < cut) at[use]++;
            if (at[use] < graph->length[resource] && graph->place[row[at[use]]] + 1 < next)
                next = graph->place[row[at[use]]] + 1;
        }
        weigh(tabu, surcharge);
        cut = next > cut ? next : cut + 1;
    }
}

static void try_task(Tabu *tabu, int32_t task)
{
    Graph *graph = &tabu->graph;
    const Problem *problem = graph->problem;
    int32_t own = graph->mode[task];
    take_out(graph, task, tabu->own);
    guess_without(graph, task, tabu->own);
    tabu->tried.task = task;
    for (int32_t mode = problem->mode_first[task]; mode < problem->mode_first[task + 1]; mode++) {
        wide surcharge = fixed_price(problem, mode) - fixed_price(problem, own);
        tabu->tried.mode = mode;
        if (mode_width(problem, mode) == 1)
            try_row(tabu, surcharge);
        else
            try_rows(tabu, surcharge);
    }
    forget_guess(graph, task, tabu->own);
    put_in(graph, &(Move){.task = task, .mode = own, .at = tabu->own});
}

/* Makes the best move that is allowed, or any where none is; false where there is no move at all. */
bool tabu_step(Tabu *tabu)
{
    Graph *graph = &tabu->graph;
    int32_t critical = critical_path(graph, tabu->random, tabu->path);
    tabu->round++;
    tabu->ties = tabu->seen = 0;
    memcpy(graph->head_without, graph->start, sizeof(int64_t) * (size_t)graph->problem->tasks);
    memcpy(graph->tail_without, graph->tail, sizeof(int64_t) * (size_t)graph->problem->tasks);
    for (int32_t i = 0; i < critical && i < MOST_TASKS; i++) {
        int32_t drawn = i + draw_below(tabu->random, critical - i), task = tabu->path[drawn];
        tabu->path[drawn] = tabu->path[i];
        try_task(tabu, task);
    }
    if (tabu->seen == 0) return false;
    const Move *move = tabu->ties > 0 ? &tabu->best : &tabu->any;
    int32_t former = graph->mode[move->task];
    tabu->until[former] = tabu->round + critical / 2 + draw_below(tabu->random, critical);
    take_out(graph, move->task, tabu->own);
    put_in(graph, move);
    if (!settle_one(graph, move->task)) {
        take_out(graph, move->task, tabu->tried.at);
        put_in(graph, &(Move){.task = move->task, .mode = former, .at = tabu->own});
        settle(graph);
    }
    if (graph->makespan < tabu->shortest) tabu->shortest = graph->makespan;
    return true;
}
