/* The search's kernel: the problem as Python hands it over, a plan, and what the parts offer each other.
 *
 * Whole numbers only, no clock, no file, no global state: the same seed and rounds give the same plan everywhere.
 * Tasks, modes and resources are numbered from 0; `x_first[i]` to `x_first[i + 1]` is the range of i in a flat list.
 */
#ifndef WORKMOOT_KERNEL_H
#define WORKMOOT_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

typedef __int128 wide; /* what weights are multiplied into: a dear task alone, or a thousand late ones, pass 64 bits */

typedef struct {
    int32_t tasks, modes, resources;
    int64_t base, handover;
    int64_t makespan_weight, tardiness_weight, energy_weight, cost_weight, risk_weight;
    const int64_t *release; /* of each task: it begins no earlier, nor before now */
    const int64_t *due;     /* 0: none */
    const int64_t *urgency; /* tenths of a task */
    const int32_t *before_first, *before;
    const int32_t *after_first, *after;
    const int32_t *mode_first;
    const int64_t *duration; /* of each mode, as the four that follow */
    const int64_t *energy, *cost, *risk;
    const int32_t *uses_first, *uses;
    const int64_t *busy; /* of each resource */
} Problem;

/* Tasks in a topological order, and the mode of each. */
typedef struct {
    int32_t *order, *mode;
    wide objective;
} Plan;

typedef struct {
    uint64_t state;
} Random;

/* SplitMix64 (Steele, Lea, Flood 2014). */
static inline uint64_t draw(Random *random)
{
    uint64_t z = (random->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline int32_t draw_below(Random *random, int32_t bound)
{
    return (int32_t)(((draw(random) >> 32) * (uint64_t)bound) >> 32);
}

static inline int64_t later(int64_t a, int64_t b) { return a > b ? a : b; }

/* schedule.c */
wide objective_of(const Problem *problem, const int32_t *mode, const int64_t *end);
wide schedule(const Problem *problem, const Plan *plan, int64_t *end, int64_t *free_at);
wide fixed_price(const Problem *problem, int32_t mode);
void copy_plan(const Problem *problem, Plan *to, const Plan *from);

/* blend.c */
#define BLEND_PARTS 16
void blend(const Problem *problem, const Plan *from, const Plan *toward, int32_t part, Random *random, Plan *out,
           int64_t *keys);
void draw_plan(const Problem *problem, Random *random, Plan *out, int64_t *waiting);

/* graph.c: a plan as a graph, in which each task knows who comes before and after it on each of its resources. */
typedef struct {
    const Problem *problem;
    int32_t width;            /* the most resources that a mode uses */
    int32_t *order, *place;   /* a topological order, and where each task stands in it */
    int32_t *mode;
    int32_t *row, *length;    /* the tasks of each resource, in turn */
    int32_t *former, *latter; /* of each task on each of its resources; -1: none */
    int64_t *start, *tail;    /* the longest path to a task's start, and from its end to the end of the plan */
    int64_t *head_without, *tail_without; /* the same while a task is taken out */
    int32_t *waiting, *stack;
    int64_t makespan;
    bool has_teams;
} Graph;

/* A task put into another mode, or at other places in the rows of the mode's resources. */
typedef struct {
    int32_t task, mode;
    int32_t *at; /* counted without the task itself */
    int64_t path; /* the longest through the task, as far as it can be guessed */
} Move;

bool graph_new(Graph *graph, const Problem *problem);
void graph_free(Graph *graph);
void graph_load(Graph *graph, const Plan *plan);
void take_out(Graph *graph, int32_t task, int32_t *at);
void put_in(Graph *graph, const Move *move);
bool settle(Graph *graph);
bool settle_one(Graph *graph, int32_t task);
void guess_without(Graph *graph, int32_t task, const int32_t *at);
void forget_guess(Graph *graph, int32_t task, const int32_t *at);
int32_t critical_path(const Graph *graph, Random *random, int32_t *path);

static inline int32_t mode_uses(const Problem *problem, int32_t mode, int32_t use)
{
    return problem->uses[problem->uses_first[mode] + use];
}

static inline int32_t mode_width(const Problem *problem, int32_t mode)
{
    return problem->uses_first[mode + 1] - problem->uses_first[mode];
}

/* tabu.c */
typedef struct {
    Graph graph;
    Random *random;
    int64_t round;
    int64_t shortest; /* the least makespan since it was loaded */
    int64_t *until;   /* of each mode: the round up to which no task returns to it */
    int32_t *path;
    Move tried, best, any; /* of a step; any: one of all, allowed or not */
    int32_t *own;          /* where the task stood that is moved */
    int32_t ties, seen;
    wide price; /* of the best */
} Tabu;

bool tabu_new(Tabu *tabu, const Problem *problem, Random *random);
void tabu_free(Tabu *tabu);
void tabu_load(Tabu *tabu, const Plan *plan);
bool tabu_step(Tabu *tabu);

#endif
