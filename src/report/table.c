#include "report/table.h"

#include "sema/metrics.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { CGROUP, WORK, WORKERS, SHARE, SPREAD, GAP, WAKE, COLUMNS };
enum { CELL = 48, BAR = 8, NAME_MIN = 8 };

struct table {
	char (*cells)[COLUMNS][CELL];
	size_t widths[COLUMNS];
	size_t rows;
	int columns; /* that are shown */
};

static void put_cell(char *cell, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put_cell(char *cell, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(cell, CELL, format, arguments);
	va_end(arguments);
}

static void put_duration_cell(char *cell, double ns)
{
	struct text text = {0};
	if (!isnan(ns))
		text_put_duration_short(&text, (int64_t)ns);
	put_cell(cell, "%s", isnan(ns) ? "-" : text_string(&text));
	text_free(&text);
}

/* A name from outside, its middle left out where it is longer than a cell. */
static void put_name_cell(char *cell, const char *name)
{
	struct text shown = {0};
	text_put_visible(&shown, name, strlen(name));
	const char *text = text_string(&shown);
	if (shown.length < CELL)
		put_cell(cell, "%s", text);
	else
		put_cell(cell, "%.*s..%s", CELL / 2 - 2, text, text + shown.length - CELL / 2 + 2);
	text_free(&shown);
}

static double on_cpu(const struct worker_result *worker)
{
	return worker->wall_ns > 0 ? (double)worker->cpu_ns / (double)worker->wall_ns : 0;
}

/* Eighths of a CPU that were reached, one at least where there is anything. */
static int eighths(double share)
{
	int full = (int)lround(share * BAR);
	full = full > BAR ? BAR : full;
	return full == 0 && share > 0.001 ? 1 : full;
}

static void put_share_cell(char *cell, const struct group_result *group)
{
	double least = INFINITY, most = 0, sum = 0;
	char bar[BAR + 1];
	if (!group->worker_count)
		return;
	for (size_t i = 0; i < group->worker_count; i++) {
		double share = on_cpu(&group->workers[i]);
		least = share < least ? share : least;
		most = share > most ? share : most;
		sum += share;
	}
	int from = eighths(least), to = eighths(most);
	for (int i = 0; i < BAR; i++)
		bar[i] = i < from ? '#' : i < to ? '+' : '.';
	bar[BAR] = '\0';
	put_cell(cell, "%5.1f%% %s", sum / (double)group->worker_count * 100, bar);
}

static void fill_row(char (*row)[CELL], const struct group_result *group)
{
	put_name_cell(row[CGROUP], group->cgroup);
	put_name_cell(row[WORK], group->work);
	put_cell(row[WORKERS], "%zu", group->worker_count);
	put_share_cell(row[SHARE], group);
	if (!group->judged) {
		put_cell(row[SPREAD], "not judged");
		return;
	}
	double spread = group->metrics[METRIC_spread];
	if (isnan(spread))
		put_cell(row[SPREAD], "-");
	else
		put_cell(row[SPREAD], "%.1f%%", spread * 100);
	put_duration_cell(row[GAP], group->metrics[METRIC_gap]);
	put_duration_cell(row[WAKE], group->metrics[METRIC_wake_p99]);
}

static bool any_waits(const struct result *result)
{
	for (size_t i = 0; i < result->groups.length; i++) {
		if (result->groups.data[i].wake_count)
			return true;
	}
	return false;
}

/* Columns as wide as their cells; names are cut where the line would be longer than it may be. */
static void fit(struct table *table)
{
	size_t total = 0;
	for (int column = 0; column < table->columns; column++) {
		for (size_t row = 0; row < table->rows; row++) {
			size_t width = strlen(table->cells[row][column]);
			if (width > table->widths[column])
				table->widths[column] = width;
		}
		total += table->widths[column] + 2;
	}
	while (total > TABLE_COLUMNS_MAX) {
		int widest = table->widths[CGROUP] >= table->widths[WORK] ? CGROUP : WORK;
		if (table->widths[widest] <= NAME_MIN)
			return;
		table->widths[widest]--;
		total--;
	}
}

static void put_padded(struct text *line, const char *cell, size_t width, bool right)
{
	size_t length = strlen(cell);
	if (length > width) {
		size_t head = (width - 2) / 2, tail = width - 2 - head;
		text_add(line, cell, head);
		text_puts(line, "..");
		text_puts(line, cell + length - tail);
		return;
	}
	text_repeat(line, ' ', right ? width - length : 0);
	text_puts(line, cell);
	text_repeat(line, ' ', right ? 0 : width - length);
}

static void put_row(const struct table *table, size_t row, struct text *out)
{
	for (int column = 0; column < table->columns; column++) {
		bool right = column >= WORKERS && column != SHARE;
		text_puts(out, "  ");
		put_padded(out, table->cells[row][column], table->widths[column], right);
	}
	while (out->data[out->length - 1] == ' ')
		out->data[--out->length] = '\0';
	text_putc(out, '\n');
}

void table_put_groups(const struct result *result, struct text *out)
{
	static const char *const heads[COLUMNS] = {"cgroup", "work", "n",       "on CPU",
						   "spread", "gap",  "wake p99"};
	struct table table = {.rows = result->groups.length + 1,
			      .columns = any_waits(result) ? COLUMNS : WAKE};
	if (!result->groups.length)
		return;
	table.cells = memory_zeroed(table.rows, sizeof(*table.cells));
	for (int column = 0; column < COLUMNS; column++)
		put_cell(table.cells[0][column], "%s", heads[column]);
	for (size_t i = 0; i < result->groups.length; i++)
		fill_row(table.cells[i + 1], &result->groups.data[i]);
	fit(&table);
	for (size_t row = 0; row < table.rows; row++)
		put_row(&table, row, out);
	free(table.cells);
}

static bool is_at_issue(const struct result *result, const struct group_result *group)
{
	for (size_t i = 0; i < result->reasons.length; i++) {
		const struct reason *reason = &result->reasons.data[i];
		if (strncmp(reason->check, "wake_", 5) == 0 &&
		    strcmp(reason->cgroup, group->cgroup) == 0)
			return true;
	}
	return false;
}

/* Counts by power of two, from the least to the most that occurs, each as a shade of its share of
 * the largest. */
static void put_histogram(const struct group_result *group, struct text *out)
{
	static const char shades[] = ".:-=+*#%@";
	struct histogram_octaves octaves = histogram_octaves(group->wakes, group->wake_count);
	unsigned end = group->wakes[group->wake_count - 1].bucket;
	text_puts(out, "    wake latency ");
	text_put_duration_short(out, histogram_least(group->wakes[0].bucket));
	text_puts(out, " [");
	for (int power = octaves.first; power <= octaves.last; power++) {
		uint64_t count = octaves.counts[power];
		text_putc(out, count ? shades[count * 8 / octaves.largest] : ' ');
	}
	text_puts(out, "] ");
	text_put_duration_short(out, histogram_least(end) + histogram_width(end) - 1);
	text_printf(out, ", %llu wakes\n", (unsigned long long)octaves.total);
}

void table_put_histograms(const struct result *result, bool all, struct text *out)
{
	for (size_t i = 0; i < result->groups.length; i++) {
		const struct group_result *group = &result->groups.data[i];
		char name[CELL];
		if (!group->wake_count || !(all || is_at_issue(result, group)))
			continue;
		put_name_cell(name, group->cgroup);
		text_printf(out, "  %s\n", name);
		put_histogram(group, out);
	}
}
