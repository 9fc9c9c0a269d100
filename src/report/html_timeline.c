/* The drawing of a scenario's time as SVG. x is time, one row each for the steps, every cgroup and
 * every CPU. */
#include "report/escape.h"
#include "report/html_parts.h"
#include "report/lanes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	LEFT = 150,  /* of the row's names */
	WIDTH = 800, /* of the time axis */
	ROW = 22,
	CGROUPS_MAX = 64,
	CPUS_MAX = 128,
	MARK = 16, /* height of the findings' row */
};

struct drawing {
	const struct result *result;
	const struct lanes *lanes;
	struct text *out;
	double scale; /* pixels per ns */
	int y;
	int cpus_y; /* of the first CPU's row */
};

static double x_of(const struct drawing *drawing, int64_t ns)
{
	return LEFT + (double)ns * drawing->scale;
}

static void put_label(struct drawing *drawing, const char *kind, const char *name)
{
	text_printf(drawing->out, "<text class=\"row\" x=\"%d\" y=\"%d\">", LEFT - 6,
		    drawing->y + 15);
	text_printf(drawing->out, "<title>%s ", kind);
	escape_xml(drawing->out, name);
	text_puts(drawing->out, "</title>");
	/* As much as there is room for: 22 bytes, whole characters. */
	size_t length = strlen(name);
	if (length > 22) {
		struct text cut = {0};
		size_t end = 20;
		while (end > 0 && ((unsigned char)name[end] & 0xc0) == 0x80)
			end--;
		text_add(&cut, name, end);
		escape_xml(drawing->out, text_string(&cut));
		text_puts(drawing->out, "…");
		text_free(&cut);
	} else {
		escape_xml(drawing->out, name);
	}
	text_puts(drawing->out, "</text>\n");
}

/* A box from one time to another with its name in it, where there is room, and always as a hint. */
static void put_box(struct drawing *drawing, const char *class, int64_t start_ns, int64_t end_ns,
		    const char *name)
{
	double x = x_of(drawing, start_ns), width = x_of(drawing, end_ns) - x;
	text_printf(drawing->out, "<g><title>%.3f s to %.3f s: ", (double)start_ns / 1e9,
		    (double)end_ns / 1e9);
	escape_xml(drawing->out, name);
	text_printf(drawing->out,
		    "</title><rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" "
		    "data-start=\"%" PRId64 "\" data-end=\"%" PRId64 "\"/>",
		    class, x, drawing->y + 2, width < 1 ? 1 : width, ROW - 4, start_ns, end_ns);
	if (width > 7.0 * (double)strlen(name) + 6) {
		text_printf(drawing->out, "<text x=\"%.1f\" y=\"%d\">", x + 4, drawing->y + 15);
		escape_xml(drawing->out, name);
		text_puts(drawing->out, "</text>");
	}
	text_puts(drawing->out, "</g>\n");
}

static void put_axis(struct drawing *drawing, int height)
{
	for (int i = 0; i <= 4; i++) {
		struct text label = {0};
		int64_t ns = drawing->result->duration_ns / 4 * i;
		text_put_duration_short(&label, ns);
		text_printf(drawing->out,
			    "<path class=\"grid\" d=\"M%.1f %dV%d\"/><text class=\"%s\" x=\"%.1f\" "
			    "y=\"12\">%s</text>\n",
			    x_of(drawing, ns), MARK, height, i == 4 ? "row" : "axis",
			    x_of(drawing, ns), text_string(&label));
		text_free(&label);
	}
}

static void put_steps(struct drawing *drawing)
{
	const struct result *result = drawing->result;
	if (!result->steps.length)
		return;
	put_label(drawing, "the scenario's", "steps");
	for (size_t i = 0; i < result->steps.length; i++)
		put_box(drawing, "step", result->steps.data[i].start_ns,
			result->steps.data[i].end_ns, result->steps.data[i].name);
	drawing->y += ROW;
}

static size_t shown_cgroups(const struct lanes *lanes)
{
	return lanes->cgroups.length > CGROUPS_MAX ? CGROUPS_MAX : lanes->cgroups.length;
}

/* Sets are in the order of names, so one search finds a cgroup's first. */
static size_t first_set(const struct lanes *lanes, const char *cgroup)
{
	size_t low = 0, high = lanes->sets.length;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (strcmp(lanes->sets.data[middle].cgroup, cgroup) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void put_cgroups(struct drawing *drawing)
{
	const struct lanes *lanes = drawing->lanes;
	for (size_t i = 0; i < shown_cgroups(lanes); i++) {
		const char *cgroup = lanes->cgroups.data[i];
		put_label(drawing, "CPUs of the cgroup", cgroup);
		for (size_t j = first_set(lanes, cgroup);
		     j < lanes->sets.length && strcmp(lanes->sets.data[j].cgroup, cgroup) == 0; j++)
			put_box(drawing, "set", lanes->sets.data[j].start_ns,
				lanes->sets.data[j].end_ns, lanes->sets.data[j].cpus);
		drawing->y += ROW;
	}
}

/* The number of workers on one CPU over time, as a filled line; `first` is its first change.
 * Returns the first one of the next CPU. */
static size_t put_occupancy(struct drawing *drawing, size_t first, int most)
{
	const struct lane_change *changes = drawing->lanes->changes.data;
	size_t last = first, length = drawing->lanes->changes.length;
	int bottom = drawing->y + ROW - 2, workers = 0;
	text_printf(drawing->out, "<path class=\"busy\" d=\"M%.1f %d",
		    x_of(drawing, changes[first].at_ns), bottom);
	for (; last < length && changes[last].cpu == changes[first].cpu; last++) {
		workers += changes[last].delta;
		text_printf(drawing->out, "H%.1fV%.1f", x_of(drawing, changes[last].at_ns),
			    bottom - (double)workers * (ROW - 4) / most);
	}
	text_puts(drawing->out, "Z\"/>\n");
	return last;
}

/* The most workers that any CPU had at a time. */
static int most_workers(const struct lanes *lanes)
{
	int most = 1, workers = 0;
	for (size_t i = 0; i < lanes->changes.length; i++) {
		const struct lane_change *change = &lanes->changes.data[i];
		workers = i && lanes->changes.data[i - 1].cpu != change->cpu ? 0 : workers;
		workers += change->delta;
		most = workers > most ? workers : most;
	}
	return most;
}

static size_t shown_cpus(const struct lanes *lanes)
{
	return lanes->cpus.length > CPUS_MAX ? CPUS_MAX : lanes->cpus.length;
}

static void put_cpus(struct drawing *drawing)
{
	int most = most_workers(drawing->lanes);
	size_t next = 0;
	drawing->cpus_y = drawing->y;
	for (size_t i = 0; i < shown_cpus(drawing->lanes); i++) {
		char name[48];
		snprintf(name, sizeof(name), "CPU %d", drawing->lanes->cpus.data[i]);
		put_label(drawing, "workers on", name);
		next = put_occupancy(drawing, next, most);
		drawing->y += ROW;
	}
}

/* The row of a CPU, -1 if it has none. */
static int row_of(const struct lanes *lanes, int cpu)
{
	for (size_t i = 0; i < shown_cpus(lanes); i++) {
		if (lanes->cpus.data[i] == cpu)
			return (int)i;
	}
	return -1;
}

/* A line from row to row for each; a page has no use for more than its pixels can show. */
static void put_moves(struct drawing *drawing)
{
	const struct lanes *lanes = drawing->lanes;
	text_printf(drawing->out, "<path class=\"move\" data-moves=\"%zu\" d=\"",
		    lanes->moves.length);
	size_t step = lanes->moves.length / 20000 + 1;
	for (size_t i = 0; i < lanes->moves.length; i += step) {
		int from = row_of(lanes, lanes->moves.data[i].from_cpu);
		int to = row_of(lanes, lanes->moves.data[i].to_cpu);
		if (from >= 0 && to >= 0)
			text_printf(drawing->out, "M%.1f %dV%d",
				    x_of(drawing, lanes->moves.data[i].at_ns),
				    drawing->cpus_y + from * ROW + ROW / 2,
				    drawing->cpus_y + to * ROW + ROW / 2);
	}
	text_puts(drawing->out, "\"/>\n");
}

/* Those that tell no moment were judged at the end. */
static void put_findings(struct drawing *drawing, size_t number, int height)
{
	const struct result *result = drawing->result;
	for (size_t i = 0; i < result->reasons.length && i < 500; i++) {
		const struct reason *reason = &result->reasons.data[i];
		int64_t at = reason->at_ns >= 0 ? reason->at_ns : result->duration_ns;
		double x = x_of(drawing, at > result->duration_ns ? result->duration_ns : at);
		text_printf(drawing->out,
			    "<a href=\"#s%zur%zu\" data-at=\"%" PRId64 "\"><g class=\"%s\"><title>",
			    number, i + 1, reason->at_ns, status_name(reason->status));
		escape_xml(drawing->out, reason->message);
		text_printf(drawing->out,
			    "</title><path class=\"mark\" d=\"M%.1f %dV%d\"/><circle cx=\"%.1f\" "
			    "cy=\"%d\" r=\"8\"/><text class=\"number\" x=\"%.1f\" y=\"%d\">%zu"
			    "</text></g></a>\n",
			    x, MARK, height, x, height + 9, x, height + 13, i + 1);
	}
}

void html_put_timeline(const struct result *result, size_t number, struct text *out)
{
	struct lanes lanes;
	if (result->duration_ns <= 0)
		return;
	lanes_make(&lanes, result);
	struct drawing drawing = {.result = result,
				  .lanes = &lanes,
				  .out = out,
				  .scale = (double)WIDTH / (double)result->duration_ns,
				  .y = MARK + 2};
	size_t rows = (result->steps.length > 0) + shown_cgroups(&lanes) + shown_cpus(&lanes);
	int height = MARK + 4 + (int)rows * ROW;
	text_printf(out,
		    "<svg class=\"timeline\" viewBox=\"0 0 %d %d\" role=\"img\" "
		    "aria-label=\"Timeline\">\n",
		    LEFT + WIDTH + 20, height + 22);
	put_axis(&drawing, height);
	put_steps(&drawing);
	put_cgroups(&drawing);
	put_cpus(&drawing);
	put_moves(&drawing);
	put_findings(&drawing, number, height);
	text_puts(out, "</svg>\n");
	if (lanes.cgroups.length > CGROUPS_MAX || lanes.cpus.length > CPUS_MAX)
		text_printf(out,
			    "<p class=\"hint\">Drawn: %zu of %zu cgroups, %zu of %zu CPUs.</p>\n",
			    shown_cgroups(&lanes), lanes.cgroups.length, shown_cpus(&lanes),
			    lanes.cpus.length);
	if (lanes.forgot)
		text_puts(out, "<p class=\"hint\">Of a worker that moved often only the newest "
			       "moves are kept; before them its CPU is not drawn.</p>\n");
	lanes_free(&lanes);
}
