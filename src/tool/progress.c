#include "tool/progress.h"

#include "base/text.h"
#include "tool/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

static const int64_t EVERY_NS = 250000000;

/* To the first column, and away with what stands there. */
static const char take_back[] = "\r\033[K";

static void write_text(struct progress_line *line, const struct text *text)
{
	/* A terminal that is gone is no reason to end the run. */
	(void)!text_write(text, line->fd);
}

static void erase(struct run_progress *progress)
{
	struct progress_line *line = (struct progress_line *)progress;
	struct text text = {0};
	if (line->drawn) {
		text_puts(&text, take_back);
		write_text(line, &text);
	}
	line->drawn = false;
	text_free(&text);
}

static size_t columns_of(int fd)
{
	struct winsize size;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79;
}

/* As much of a text as fits, without what a terminal would obey. */
static void put_fitting(struct text *out, const char *text, size_t columns)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		bool begins = (byte & 0xc0) != 0x80;
		if (begins && columns-- == 0)
			return;
		text_putc(out, byte < 0x20 || byte == 0x7f ? '?' : *text);
	}
}

/* A shell may have put us into the background, where the line is somebody else's. */
static bool in_foreground(int fd)
{
	pid_t group = tcgetpgrp(fd);
	return group < 0 || group == getpgrp();
}

static void show(struct run_progress *progress, const char *scenario, const char *step,
		 int64_t left_ns)
{
	struct progress_line *line = (struct progress_line *)progress;
	struct text words = {0}, text = {0};
	if (!in_foreground(line->fd))
		return;
	text_puts(&words, scenario);
	if (*step)
		text_printf(&words, ", \"%s\"", step);
	if (left_ns >= 0)
		text_printf(&words, ": at most %lld s left",
			    (long long)((left_ns + 999999999) / 1000000000));
	text_puts(&text, take_back);
	put_fitting(&text, text_string(&words), columns_of(line->fd));
	write_text(line, &text);
	line->drawn = true;
	text_free(&words);
	text_free(&text);
}

bool progress_open(struct progress_line *line, int fd)
{
	*line = (struct progress_line){.base = {.every_ns = EVERY_NS, .show = show, .erase = erase},
				       .fd = fd};
	return console_is_terminal(fd);
}
