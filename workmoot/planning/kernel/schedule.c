/* When each task runs and what that is worth, exactly as workmoot/planning/schedule.py has it. */
#include <string.h>

#include "kernel.h"

#define WHOLE 10000
#define TENTHS 10
#define COST_UNIT 1000

wide objective_of(const Problem *problem, const int32_t *mode, const int64_t *end)
{
    int64_t last = INT64_MIN, energy = 0, cost = 0;
    wide tardiness = 0, lost = 0, urged = 0;
    for (int32_t task = 0; task < problem->tasks; task++) {
        int32_t chosen = mode[task];
        last = later(last, end[task]);
        if (problem->due[task] != 0) tardiness += later(0, end[task] - problem->due[task]);
        energy += problem->energy[chosen];
        cost += problem->cost[chosen];
        lost += (wide)problem->duration[chosen] * problem->risk[chosen];
        urged += (wide)(end[task] - problem->base) * problem->urgency[task];
    }
    wide total = (wide)(last - problem->base) * problem->makespan_weight + tardiness * problem->tardiness_weight;
    total += (wide)energy * problem->energy_weight + (wide)(cost / COST_UNIT) * problem->cost_weight;
    total += lost / WHOLE * problem->risk_weight;
    /* Rounded down, as Python does, also where the plan begins before the base. */
    wide tasks = TENTHS * (wide)problem->tasks, mean = urged / tasks;
    return total + mean - (urged % tasks < 0);
}

/* The serial schedule generation scheme (Kolisch 1996), without filling gaps. */
wide schedule(const Problem *problem, const Plan *plan, int64_t *end, int64_t *free_at)
{
    memcpy(free_at, problem->busy, sizeof(int64_t) * (size_t)problem->resources);
    for (int32_t place = 0; place < problem->tasks; place++) {
        int32_t task = plan->order[place], mode = plan->mode[task];
        int64_t start = problem->release[task];
        for (int32_t i = problem->before_first[task]; i < problem->before_first[task + 1]; i++)
            start = later(start, end[problem->before[i]] + problem->handover);
        for (int32_t i = problem->uses_first[mode]; i < problem->uses_first[mode + 1]; i++)
            start = later(start, free_at[problem->uses[i]]);
        end[task] = start + problem->duration[mode];
        for (int32_t i = problem->uses_first[mode]; i < problem->uses_first[mode + 1]; i++)
            free_at[problem->uses[i]] = end[task] + problem->handover;
    }
    return objective_of(problem, plan->mode, end);
}

/* What a mode costs whenever it is done, as near as one mode alone can tell. */
wide fixed_price(const Problem *problem, int32_t mode)
{
    wide price = (wide)problem->energy[mode] * problem->energy_weight;
    price += (wide)problem->cost[mode] * problem->cost_weight / COST_UNIT;
    return price + (wide)problem->duration[mode] * problem->risk[mode] / WHOLE * problem->risk_weight;
}

void copy_plan(const Problem *problem, Plan *to, const Plan *from)
{
    memcpy(to->order, from->order, sizeof(int32_t) * (size_t)problem->tasks);
    memcpy(to->mode, from->mode, sizeof(int32_t) * (size_t)problem->tasks);
    to->objective = from->objective;
}
