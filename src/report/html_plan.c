#include "report/escape.h"
#include "report/html_parts.h"
#include "report/plan_table.h"

#include <string.h>

/* Names above the columns stand upright, and stay in sight. */
static const char style[] =
	"<style>\n"
	"body{max-width:none}.plan{overflow:auto;max-height:85vh;border:1px solid var(--line)}\n"
	".plan table{border-collapse:separate;border-spacing:0;margin:0}\n"
	".plan th,.plan td{padding:.15em .4em;border-right:1px solid var(--line);"
	"white-space:nowrap}\n"
	".plan thead th{position:sticky;top:0;z-index:1;background:var(--bg);"
	"vertical-align:bottom}\n"
	".plan thead span{writing-mode:vertical-rl;transform:rotate(180deg);font-weight:400}\n"
	".plan tbody th{position:sticky;left:0;background:var(--bg);color:var(--fg);"
	"font-weight:400}\n"
	".plan thead th:first-child{left:0;z-index:2}\n"
	".plan .category th{font-weight:700;padding-top:.8em;border-right:0}\n"
	".plan td{text-align:center}.plan .PASS{background:var(--set);color:var(--fg)}\n"
	".plan .FAIL,.plan .BROKEN,.plan .TIMEOUT,.plan .INCONCLUSIVE{font-weight:700}\n"
	"</style>\n";

static size_t rows_of(const struct plan_table *table)
{
	return table->machine_count ? table->count / table->machine_count : 0;
}

static const struct plan_cell *cell(const struct plan_table *table, size_t row, size_t machine)
{
	return &table->cells[machine * rows_of(table) + row];
}

static void put_summary(const struct plan_table *table, struct text *out)
{
	size_t counts[STATUS_COUNT] = {0};
	for (size_t i = 0; i < table->count; i++)
		counts[table->cells[i].status]++;
	text_printf(out,
		    "<h1>Where scenarios run</h1>\n<p>%zu scenarios on %zu machines, on paper: "
		    "<span class=\"verdict PASS\">%zu</span> run",
		    rows_of(table), table->machine_count, counts[STATUS_PASS]);
	for (int i = STATUS_PASS + 1; i < STATUS_COUNT; i++) {
		const char *name = status_name((enum status)i);
		if (counts[i])
			text_printf(out, ", <span class=\"verdict %s\">%zu</span> %s", name,
				    counts[i], name);
	}
	text_puts(out, ".</p>\n");
}

static void put_head(const struct plan_table *table, struct text *out)
{
	text_puts(out, "<div class=\"plan\"><table>\n<thead><tr><th>scenario");
	for (size_t i = 0; i < table->machine_count; i++) {
		const char *label = rows_of(table) ? cell(table, 0, i)->topology : "";
		text_puts(out, "<th scope=\"col\"><span>");
		escape_xml(out, table->machines[i]);
		if (strcmp(label, table->machines[i]) != 0) {
			text_puts(out, " · ");
			escape_xml(out, label);
		}
		text_puts(out, "</span>");
	}
	text_puts(out, "</tr></thead>\n<tbody>\n");
}

static void put_cell(const struct plan_cell *here, struct text *out)
{
	const char *status = status_name(here->status);
	text_printf(out, "<td class=\"%s\"", status);
	if (here->status == STATUS_PASS) {
		text_puts(out, ">runs");
		return;
	}
	text_puts(out, " title=\"");
	escape_xml(out, here->reason);
	text_puts(out, here->status == STATUS_SKIP ? "\">skip" : "\">");
	text_puts(out, here->status == STATUS_SKIP ? "" : status);
}

static void put_rows(const struct plan_table *table, struct text *out)
{
	const char *category = "";
	for (size_t row = 0; row < rows_of(table); row++) {
		const struct plan_cell *first = cell(table, row, 0);
		if (strcmp(first->category, category) != 0) {
			text_puts(out, "<tr class=\"category\"><th scope=\"rowgroup\">");
			escape_xml(out, first->category);
			text_printf(out, "<td colspan=\"%zu\"></tr>\n", table->machine_count);
		}
		category = first->category;
		text_puts(out, "<tr><th scope=\"row\">");
		escape_xml(out, first->scenario);
		for (size_t i = 0; i < table->machine_count; i++)
			put_cell(cell(table, row, i), out);
		text_puts(out, "</tr>\n");
	}
	text_puts(out, "</tbody></table></div>\n");
}

/* Does an earlier machine have the same to say of this scenario? */
static bool is_told(const struct plan_table *table, size_t row, size_t machine)
{
	const struct plan_cell *here = cell(table, row, machine);
	for (size_t i = 0; i < machine; i++) {
		const struct plan_cell *other = cell(table, row, i);
		if (other->status == here->status && strcmp(other->reason, here->reason) == 0)
			return true;
	}
	return false;
}

/* A line for each reason of a scenario, with the machines that it is of. */
static void put_reason(const struct plan_table *table, size_t row, size_t machine, struct text *out)
{
	const struct plan_cell *here = cell(table, row, machine);
	const char *comma = "";
	text_puts(out, "<tr><td>");
	escape_xml(out, here->scenario);
	text_printf(out, "<td class=\"verdict %s\">%s<td>", status_name(here->status),
		    status_name(here->status));
	escape_xml(out, here->reason);
	text_puts(out, "<td class=\"dim\">");
	for (size_t i = machine; i < table->machine_count; i++) {
		const struct plan_cell *other = cell(table, row, i);
		if (other->status != here->status || strcmp(other->reason, here->reason) != 0)
			continue;
		text_puts(out, comma);
		escape_xml(out, table->machines[i]);
		comma = ", ";
	}
	text_puts(out, "</tr>\n");
}

static void put_reasons(const struct plan_table *table, struct text *out)
{
	bool any = false;
	for (size_t row = 0; row < rows_of(table); row++) {
		for (size_t i = 0; i < table->machine_count; i++) {
			if (cell(table, row, i)->status == STATUS_PASS || is_told(table, row, i))
				continue;
			if (!any)
				text_puts(out, "<h2>Where they do not, and why</h2>\n"
					       "<div class=\"wide\"><table>\n<tr><th>scenario"
					       "<th><th>why<th>on</tr>\n");
			any = true;
			put_reason(table, row, i, out);
		}
	}
	text_puts(out, any ? "</table></div>\n" : "");
}

void report_plan_html(const struct plan_table *table, struct text *out)
{
	html_put_head("ktstr plan", style, out);
	put_summary(table, out);
	put_head(table, out);
	put_rows(table, out);
	put_reasons(table, out);
	text_puts(out, "</body>\n</html>\n");
}
