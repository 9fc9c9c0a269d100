/* ktstr compare: is this set of reports worse than that one? */
#include "report/compare.h"
#include "tool/ktstr.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"ktstr compare A.json... --against B.json...\n"
	"compares what runs measured (A) with what earlier ones did (B). The files are\n"
	"reports of `ktstr exec --repeat N --report json=FILE`; each run is a sample.\n"
	"\n"
	"  -k GLOB            only scenarios whose names match\n"
	"  --alpha P          a difference counts when it is chance with this probability at\n"
	"                     most (Mann-Whitney U, two-sided); 0.05\n"
	"  --threshold PCT    relative change that counts, for every metric; each has its own\n"
	"  --all              show what is the same, too\n"
	"  --format human|json\n"
	"\n"
	"exit: 0 nothing got worse, 1 a metric regressed, 2 usage, 5 nothing to compare,\n"
	"      6 too few samples to tell (4 on each side are the least for 0.05)\n";

struct comparing {
	struct compare_options options;
	struct reader sides[2];
	size_t files[2];
	bool all;
	bool json;
};

static bool read_fraction(const char *option, const char *text, double unit, double most,
			  double *value)
{
	char *end;
	errno = 0;
	double number = text ? strtod(text, &end) : 0;
	if (!text || end == text || (*end && strcmp(end, "%") != 0) || errno ||
	    !(number >= 0 && number <= most)) {
		console_error("ktstr", "%s wants a number from 0 to %g, not '%s'", option, most,
			      text ? text : "");
		return false;
	}
	*value = number * unit;
	return true;
}

static bool read_format(struct comparing *comparing, const char *word)
{
	comparing->json = word && strcmp(word, "json") == 0;
	if (comparing->json || (word && strcmp(word, "human") == 0))
		return true;
	console_error("ktstr", "--format wants human or json, not '%s'", word ? word : "");
	return false;
}

/* An option that takes a value. */
static bool take_option(struct comparing *comparing, const char *option, const char *value)
{
	static const char *const names[] = {"-k",       "--alpha",   "--threshold", "--all",
					    "--format", "--against", "--help",      NULL};
	if (strcmp(option, "--alpha") == 0)
		return read_fraction(option, value, 1, 1, &comparing->options.alpha);
	if (strcmp(option, "--threshold") == 0)
		return read_fraction(option, value, 0.01, 10000, &comparing->options.relative);
	if (strcmp(option, "--format") == 0)
		return read_format(comparing, value);
	if (strcmp(option, "-k") == 0 && value) {
		comparing->options.glob = value;
		return true;
	}
	if (strcmp(option, "-k") == 0)
		console_error("ktstr", "-k wants a value");
	else
		console_unknown("ktstr", "option", option, names);
	return false;
}

static bool add_file(struct comparing *comparing, int side, const char *path)
{
	struct error error;
	comparing->files[side]++;
	if (reader_add(&comparing->sides[side], path, &error))
		return true;
	console_error("ktstr", "%s", error.message);
	return false;
}

/* False when the program is to end with *code. */
static bool read_arguments(struct comparing *comparing, int count, char **arguments, int *code)
{
	int side = 0;
	*code = EXIT_USAGE;
	for (int i = 1; i < count; i++) {
		const char *word = arguments[i];
		if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
			*code = console_puts("ktstr", usage);
			return false;
		}
		if (strcmp(word, "--against") == 0)
			side = 1;
		else if (strcmp(word, "--all") == 0)
			comparing->all = true;
		else if (word[0] != '-' || !word[1]) {
			if (!add_file(comparing, side, word))
				return false;
		} else if (!take_option(comparing, word, i + 1 < count ? arguments[i + 1] : NULL))
			return false;
		else
			i++;
	}
	if (comparing->files[0] && comparing->files[1])
		return true;
	console_error("ktstr", "which reports? For example: ktstr compare new.json --against "
			       "old.json");
	return false;
}

static int compare_sides(struct comparing *comparing)
{
	const struct reader *sides[2] = {&comparing->sides[0], &comparing->sides[1]};
	struct comparison comparison;
	struct text out = {0};
	compare_make(&comparison, sides, &comparing->options);
	if (comparing->json)
		compare_put_json(&comparison, &out);
	else
		compare_put_text(&comparison, comparing->all, &out);
	int printed = console_print("ktstr", &out);
	int code = compare_exit_code(&comparison);
	text_free(&out);
	compare_free(&comparison);
	return printed == EXIT_CLEAN || code == 1 ? code : printed;
}

int compare_main(int count, char **arguments)
{
	struct comparing comparing = {
		.options = {.alpha = 0.05, .confidence = 0.95, .relative = (double)NAN}};
	int code;
	if (read_arguments(&comparing, count, arguments, &code))
		code = compare_sides(&comparing);
	reader_free(&comparing.sides[0]);
	reader_free(&comparing.sides[1]);
	return code;
}
