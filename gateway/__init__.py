"""The robot gateway: robots obey only the worker the chain names, under the present epoch; a hold acts at once."""
