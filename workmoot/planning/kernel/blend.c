/* Plans made of others: one on the way between two, and one drawn at random. */
#include "kernel.h"

#include <stdlib.h>

static int by_key(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;
    return (first > second) - (first < second);
}

/* A plan `part` 16ths of the way from one to another: each task's place lies between its places in the two, so that what
 * comes first in both still does. */
void blend(const Problem *problem, const Plan *from, const Plan *toward, int32_t part, Random *random, Plan *out,
           int64_t *keys)
{
    int64_t tasks = problem->tasks;
    for (int32_t task = 0; task < tasks; task++) keys[task] = task;
    for (int32_t place = 0; place < tasks; place++) {
        keys[from->order[place]] += tasks * (BLEND_PARTS - part) * place;
        keys[toward->order[place]] += tasks * part * place;
    }
    for (int32_t task = 0; task < tasks; task++)
        out->mode[task] = (draw_below(random, BLEND_PARTS) < part ? toward : from)->mode[task];
    qsort(keys, (size_t)tasks, sizeof(int64_t), by_key);
    for (int32_t place = 0; place < tasks; place++) out->order[place] = (int32_t)(keys[place] % tasks);
}

/* Any order that the predecessors allow, any modes. */
void draw_plan(const Problem *problem, Random *random, Plan *out, int64_t *waiting)
{
    int32_t ready = 0, tasks = problem->tasks;
    for (int32_t task = 0; task < tasks; task++) {
        int32_t first = problem->mode_first[task];
        out->mode[task] = first + draw_below(random, problem->mode_first[task + 1] - first);
        waiting[task] = problem->before_first[task + 1] - problem->before_first[task];
        if (waiting[task] == 0) out->order[ready++] = task;
    }
    for (int32_t place = 0; place < tasks; place++) {
        int32_t drawn = place + draw_below(random, ready - place), task = out->order[drawn];
        out->order[drawn] = out->order[place];
        out->order[place] = task;
        for (int32_t i = problem->after_first[task]; i < problem->after_first[task + 1]; i++)
            if (--waiting[problem->after[i]] == 0) out->order[ready++] = problem->after[i];
    }
}
