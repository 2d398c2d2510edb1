/* A plan as a graph (Balas 1969): its longest paths, taking a task out of it and putting it back elsewhere. */
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

static int32_t place_in(const int32_t *row, int32_t length, int32_t task)
{
    int32_t at = 0;
    while (at < length && row[at] != task) at++;
    return at;
}

bool graph_new(Graph *graph, const Problem *problem)
{
    size_t tasks = (size_t)problem->tasks, resources = (size_t)problem->resources;
    *graph = (Graph){.problem = problem, .width = 1};
    for (int32_t mode = 0; mode < problem->modes; mode++) {
        if (mode_width(problem, mode) > graph->width) graph->width = mode_width(problem, mode);
        if (mode_width(problem, mode) != 1) graph->has_teams = true;
    }
    size_t links = tasks * (size_t)graph->width;
    graph->order = calloc(tasks * 5 + tasks * resources + resources + 2 * links, sizeof(int32_t));
    graph->start = calloc(tasks * 4, sizeof(int64_t));
    if (!graph->order || !graph->start) return false;
    graph->place = graph->order + tasks;
    graph->mode = graph->place + tasks;
    graph->waiting = graph->mode + tasks;
    graph->stack = graph->waiting + tasks;
    graph->row = graph->stack + tasks;
    graph->length = graph->row + tasks * resources;
    graph->former = graph->length + resources;
    graph->latter = graph->former + links;
    graph->tail = graph->start + tasks;
    graph->head_without = graph->tail + tasks;
    graph->tail_without = graph->head_without + tasks;
    return true;
}

void graph_free(Graph *graph)
{
    free(graph->order);
    free(graph->start);
}

static int32_t *row_of(const Graph *graph, int32_t resource)
{
    return graph->row + (size_t)resource * (size_t)graph->problem->tasks;
}

/* The place among a task's own resources at which it uses this one. */
static int32_t use_of(const Graph *graph, int32_t task, int32_t resource)
{
    int32_t use = 0;
    while (mode_uses(graph->problem, graph->mode[task], use) != resource) use++;
    return use;
}

static void link_rows(Graph *graph, int32_t resource, int32_t former, int32_t latter)
{
    if (former >= 0) graph->latter[former * graph->width + use_of(graph, former, resource)] = latter;
    if (latter >= 0) graph->former[latter * graph->width + use_of(graph, latter, resource)] = former;
}

/* Takes a task out of its resources' rows; `at` tells where it stood. */
void take_out(Graph *graph, int32_t task, int32_t *at)
{
    const Problem *problem = graph->problem;
    int32_t mode = graph->mode[task];
    for (int32_t use = 0; use < mode_width(problem, mode); use++) {
        int32_t resource = mode_uses(problem, mode, use), *row = row_of(graph, resource);
        at[use] = place_in(row, graph->length[resource], task);
        graph->length[resource]--;
        memmove(row + at[use], row + at[use] + 1, sizeof(int32_t) * (size_t)(graph->length[resource] - at[use]));
        int32_t *link = graph->former + task * graph->width + use;
        link_rows(graph, resource, *link, graph->latter[task * graph->width + use]);
        *link = graph->latter[task * graph->width + use] = -1;
    }
}

void put_in(Graph *graph, const Move *move)
{
    const Problem *problem = graph->problem;
    graph->mode[move->task] = move->mode;
    for (int32_t use = 0; use < mode_width(problem, move->mode); use++) {
        int32_t resource = mode_uses(problem, move->mode, use), at = move->at[use], *row = row_of(graph, resource);
        memmove(row + at + 1, row + at, sizeof(int32_t) * (size_t)(graph->length[resource] - at));
        row[at] = move->task;
        graph->length[resource]++;
        link_rows(graph, resource, at > 0 ? row[at - 1] : -1, move->task);
        link_rows(graph, resource, move->task, at + 1 < graph->length[resource] ? row[at + 1] : -1);
    }
}

void graph_load(Graph *graph, const Plan *plan)
{
    const Problem *problem = graph->problem;
    memset(graph->length, 0, sizeof(int32_t) * (size_t)problem->resources);
    memcpy(graph->mode, plan->mode, sizeof(int32_t) * (size_t)problem->tasks);
    memcpy(graph->order, plan->order, sizeof(int32_t) * (size_t)problem->tasks);
    for (int32_t place = 0; place < problem->tasks; place++) {
        int32_t task = plan->order[place], mode = plan->mode[task];
        for (int32_t use = 0; use < mode_width(problem, mode); use++) {
            int32_t resource = mode_uses(problem, mode, use), length = graph->length[resource]++;
            row_of(graph, resource)[length] = task;
            graph->latter[task * graph->width + use] = -1;
            link_rows(graph, resource, length > 0 ? row_of(graph, resource)[length - 1] : -1, task);
        }
    }
    settle(graph);
}

/* When a task's predecessors let it begin. */
static int64_t ready_of(const Graph *graph, const int64_t *start, int32_t task)
{
    const Problem *problem = graph->problem;
    int64_t ready = problem->release[task];
    for (int32_t i = problem->before_first[task]; i < problem->before_first[task + 1]; i++) {
        int32_t before = problem->before[i];
        ready = later(ready, start[before] + problem->duration[graph->mode[before]] + problem->handover);
    }
    return ready;
}

/* When its predecessors and its resources let it begin. */
static int64_t head_of(const Graph *graph, const int64_t *start, int32_t task)
{
    const Problem *problem = graph->problem;
    int32_t mode = graph->mode[task], width = mode_width(problem, mode);
    int64_t head = ready_of(graph, start, task);
    for (int32_t use = 0; use < width; use++) {
        int32_t former = graph->former[task * graph->width + use];
        head = later(head, former < 0 ? problem->busy[mode_uses(problem, mode, use)]
                                      : start[former] + problem->duration[graph->mode[former]] + problem->handover);
    }
    return head;
}

static int64_t tail_of(const Graph *graph, const int64_t *tail, int32_t task)
{
    const Problem *problem = graph->problem;
    int64_t found = 0;
    for (int32_t i = problem->after_first[task]; i < problem->after_first[task + 1]; i++) {
        int32_t after = problem->after[i];
        found = later(found, tail[after] + problem->duration[graph->mode[after]] + problem->handover);
    }
    int32_t width = mode_width(problem, graph->mode[task]);
    for (int32_t use = 0; use < width; use++) {
        int32_t latter = graph->latter[task * graph->width + use];
        if (latter >= 0)
            found = later(found, tail[latter] + problem->duration[graph->mode[latter]] + problem->handover);
    }
    return found;
}

/* Makes one task that waited for another ready when it waits for no more. */
static void release(Graph *graph, int32_t task, int32_t *found)
{
    if (--graph->waiting[task] == 0) graph->stack[(*found)++] = task;
}

/* A topological order (Kahn 1962) in `stack`; fewer than all tasks where there is a cycle. */
static int32_t sort(Graph *graph)
{
    const Problem *problem = graph->problem;
    int32_t found = 0;
    for (int32_t place = 0; place < problem->tasks; place++) {
        int32_t task = graph->order[place], width = mode_width(problem, graph->mode[task]);
        graph->waiting[task] = 1 + problem->before_first[task + 1] - problem->before_first[task];
        for (int32_t use = 0; use < width; use++) graph->waiting[task] += graph->former[task * graph->width + use] >= 0;
    }
    for (int32_t task = 0; task < problem->tasks; task++) release(graph, task, &found);
    for (int32_t done = 0; done < found; done++) {
        int32_t task = graph->stack[done], width = mode_width(problem, graph->mode[task]);
        for (int32_t i = problem->after_first[task]; i < problem->after_first[task + 1]; i++)
            release(graph, problem->after[i], &found);
        for (int32_t use = 0; use < width; use++)
            if (graph->latter[task * graph->width + use] >= 0)
                release(graph, graph->latter[task * graph->width + use], &found);
    }
    return found;
}

/* By start, which keeps what comes first before what waits for it: a team is put between what runs before and after. */
static void sort_by_start(Graph *graph)
{
    for (int32_t place = 1; place < graph->problem->tasks; place++) {
        int32_t task = graph->order[place], to = place;
        for (; to > 0 && graph->start[graph->order[to - 1]] > graph->start[task]; to--)
            graph->order[to] = graph->order[to - 1];
        graph->order[to] = task;
    }
}

/* Times the tasks anew: the starts of those from one place on, the tails of those up to another. */
static void time_all(Graph *graph, int32_t from, int32_t to)
{
    const Problem *problem = graph->problem;
    graph->makespan = INT64_MIN;
    for (int32_t place = 0; place < problem->tasks; place++) {
        int32_t task = graph->order[place];
        if (place >= from) graph->start[task] = head_of(graph, graph->start, task);
        graph->makespan = later(graph->makespan, graph->start[task] + problem->duration[graph->mode[task]]);
    }
    for (int32_t place = to; place >= 0; place--)
        graph->tail[graph->order[place]] = tail_of(graph, graph->tail, graph->order[place]);
}

/* Orders and times the tasks anew; false, and nothing is timed, where the rows contradict each other. */
bool settle(Graph *graph)
{
    const Problem *problem = graph->problem;
    if (sort(graph) < problem->tasks) return false;
    memcpy(graph->order, graph->stack, sizeof(int32_t) * (size_t)problem->tasks);
    time_all(graph, 0, problem->tasks - 1);
    if (graph->has_teams) sort_by_start(graph);
    for (int32_t place = 0; place < problem->tasks; place++) graph->place[graph->order[place]] = place;
    return true;
}

/* The places in the order between which a task belongs: of the last that it waits for, of the first that waits for it. */
static void bounds_of(const Graph *graph, int32_t task, int32_t *last, int32_t *first)
{
    const Problem *problem = graph->problem;
    int32_t width = mode_width(problem, graph->mode[task]);
    *last = -1;
    *first = problem->tasks;
    for (int32_t i = problem->before_first[task]; i < problem->before_first[task + 1]; i++)
        if (graph->place[problem->before[i]] > *last) *last = graph->place[problem->before[i]];
    for (int32_t i = problem->after_first[task]; i < problem->after_first[task + 1]; i++)
        if (graph->place[problem->after[i]] < *first) *first = graph->place[problem->after[i]];
    for (int32_t use = 0; use < width; use++) {
        int32_t former = graph->former[task * graph->width + use], latter = graph->latter[task * graph->width + use];
        if (former >= 0 && graph->place[former] > *last) *last = graph->place[former];
        if (latter >= 0 && graph->place[latter] < *first) *first = graph->place[latter];
    }
}

/* As settle, after one task alone has been moved: mostly the order needs no more than that it moves too. */
bool settle_one(Graph *graph, int32_t task)
{
    int32_t last, first, from = graph->place[task], to = from;
    bounds_of(graph, task, &last, &first);
    if (last >= first || graph->has_teams) return settle(graph);
    if (from < last) to = last;
    if (from > first) to = first;
    for (int32_t place = from, step = from < to ? 1 : -1; place != to; place += step) {
        graph->order[place] = graph->order[place + step];
        graph->place[graph->order[place]] = place;
    }
    graph->order[to] = task;
    graph->place[task] = to;
    time_all(graph, from < to ? from : to, from < to ? to : from);
    return true;
}

/* The paths without a task that has been taken out of its rows, which then takes no time. Of the others only those in
 * these rows are timed anew, up to the first that stays: what is further off is taken to be as late as before. */
void guess_without(Graph *graph, int32_t task, const int32_t *at)
{
    const Problem *problem = graph->problem;
    int32_t mode = graph->mode[task];
    int64_t own = problem->duration[mode], *head = graph->head_without, *tail = graph->tail_without;
    head[task] = ready_of(graph, head, task) - own;
    tail[task] = tail_of(graph, tail, task) - own;
    for (int32_t use = 0; use < mode_width(problem, mode); use++) {
        int32_t resource = mode_uses(problem, mode, use), *row = row_of(graph, resource);
        for (int32_t i = at[use]; i < graph->length[resource]; i++) {
            int64_t found = head_of(graph, head, row[i]);
            if (found == head[row[i]]) break;
            head[row[i]] = found;
        }
        for (int32_t i = at[use] - 1; i >= 0; i--) {
            int64_t found = tail_of(graph, tail, row[i]);
            if (found == tail[row[i]]) break;
            tail[row[i]] = found;
        }
    }
    head[task] += own;
    tail[task] += own;
}

/* Takes back what guess_without did: in the whole of the rows, for another row may have changed what stands in between. */
void forget_guess(Graph *graph, int32_t task, const int32_t *at)
{
    const Problem *problem = graph->problem;
    int32_t mode = graph->mode[task];
    int64_t *head = graph->head_without, *tail = graph->tail_without;
    for (int32_t use = 0; use < mode_width(problem, mode); use++) {
        int32_t resource = mode_uses(problem, mode, use), *row = row_of(graph, resource);
        for (int32_t i = at[use]; i < graph->length[resource]; i++) head[row[i]] = graph->start[row[i]];
        for (int32_t i = at[use] - 1; i >= 0; i--) tail[row[i]] = graph->tail[row[i]];
    }
    head[task] = graph->start[task];
    tail[task] = graph->tail[task];
}

/* Whether a path of the full length runs through the first and, at once, the second. */
static bool follows(const Graph *graph, int32_t former, int32_t latter)
{
    int64_t begin = graph->start[former] + graph->problem->duration[graph->mode[former]] + graph->problem->handover;
    return begin == graph->start[latter];
}

/* Of a task's critical predecessors one at random; -1: it waits for none. */
static int32_t critical_before(const Graph *graph, Random *random, int32_t task)
{
    const Problem *problem = graph->problem;
    int32_t found = -1, ties = 0, width = mode_width(problem, graph->mode[task]);
    for (int32_t i = problem->before_first[task]; i < problem->before_first[task + 1]; i++)
        if (follows(graph, problem->before[i], task) && draw_below(random, ++ties) == 0) found = problem->before[i];
    for (int32_t use = 0; use < width; use++) {
        int32_t former = graph->former[task * graph->width + use];
        if (former >= 0 && follows(graph, former, task) && draw_below(random, ++ties) == 0) found = former;
    }
    return found;
}

/* The tasks of one longest path, drawn at random, the last first; returns how many. */
int32_t critical_path(const Graph *graph, Random *random, int32_t *path)
{
    const Problem *problem = graph->problem;
    int32_t found = 0, ties = 0, task = -1;
    for (int32_t other = 0; other < problem->tasks; other++)
        if (graph->start[other] + problem->duration[graph->mode[other]] == graph->makespan
            && draw_below(random, ++ties) == 0)
            task = other;
    for (; task >= 0 && found < problem->tasks; task = critical_before(graph, random, task)) path[found++] = task;
    return found;
}
