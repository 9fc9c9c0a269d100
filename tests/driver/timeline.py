"""A plan's JSON (ktstr.plan/1) as lines that a person can compare."""

HEAD = ("t_ns", "op", "step", "cgroup", "cpus", "count", "work", "implied", "file", "line", "column")


def lines(plan):
    """One line per scenario, per reason of its status and per event, in the plan's order."""
    if plan["schema"] != "ktstr.plan/1":
        raise ValueError(f"unknown schema {plan['schema']}")
    for scenario in plan["scenarios"]:
        yield f"{scenario['name']} line {scenario['line']}, at most {time(scenario['bound_ns'])}: " \
              f"{scenario['status']}"
        if scenario["reason"] != (scenario["reasons"] or [{"message": ""}])[0]["message"]:
            raise ValueError(f"not the first reason: {scenario['reason']}")
        for reason in scenario["reasons"]:
            yield reason_line(reason, scenario["file"])
        for event in scenario["events"]:
            yield event_line(event)


def reason_line(reason, file):
    """status place, check: message; lines of other files move without anything here having changed."""
    place = f"line {reason['line']}" if reason["file"] == file else f"in {reason['file']}"
    return f"  {reason['status']} {place}, {reason['check']}: {reason['message']}"


def event_line(event):
    """time op [step] cgroup cpus=... count x work field=value... (implied)"""
    words = [f"{time(event['t_ns']):>12} ", event["op"]]
    if event.get("step"):
        words.append(f"[{event['step']}]")
    if event.get("cgroup"):
        words.append(event["cgroup"])
    if event.get("cpus") is not None:
        words.append(f"cpus={event['cpus']}")
    if event.get("count") is not None:
        words.append(f"{event['count']} x")
    if event.get("work"):
        words.append(event["work"])
    words += [f"{key}={show(key, value)}" for key, value in sorted(event.items())
              if key not in HEAD and value not in (None, "")]
    if event.get("implied"):
        words.append("(implied)")
    return " ".join(words)


def show(key, value):
    """A further field: times as times, all else as it stands."""
    return time(value) if key.endswith("_ns") and isinstance(value, int) else value


def time(value_ns):
    """Exact milliseconds."""
    if value_ns is None:
        return "unknown"
    whole, rest = divmod(value_ns, 1_000_000)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".") + "ms"
