"""What a digital worker can do: estimate work, alone or with helpers, and do the work that needs no robot.

A user's own desk work is found by entry point: group `workmoot.skills`, name = the capability, value = a function
`(order: Mapping, task: Mapping) -> dict` that takes the order's detail and the task's item of it and returns what the
work produced. It must return the same for the same input: the inspector does the work again and compares.
"""
