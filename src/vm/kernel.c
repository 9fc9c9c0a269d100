#include "vm/kernel.h"

#include "base/arena.h"
#include "vm/elf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

/* Offsets in the header of a bzImage: Documentation/arch/x86/boot.rst of Linux. */
enum {
	SETUP_SECTORS = 0x1f1,
	SETUP_MAGIC = 0x202, /* "HdrS" */
	SETUP_PAYLOAD_OFFSET = 0x248,
	SETUP_PAYLOAD_LENGTH = 0x24c,
	SETUP_END = 0x250,
	SECTOR_BYTES = 512,
	UNPACKED_BYTES_MAX = 1 << 30,
};

struct image {
	const char *bytes;
	size_t length;
};

static bool is_bzimage(const struct image *image)
{
	return image->length >= SETUP_END && memcmp(image->bytes + SETUP_MAGIC, "HdrS", 4) == 0;
}

#ifdef HAVE_ZSTD
static uint32_t word_at(const struct image *image, size_t offset)
{
	uint32_t word;
	memcpy(&word, image->bytes + offset, sizeof(word));
	return word;
}

/* The ELF file inside a bzImage; -1 where there is none that could be had or booted. The last four
 * bytes of a payload tell its size unpacked. */
static int unpack(const struct image *image)
{
	static const char zstd[4] = {'\x28', '\xb5', '\x2f', '\xfd'};
	size_t setup = (unsigned char)image->bytes[SETUP_SECTORS];
	size_t start =
		((setup ? setup : 4) + 1) * SECTOR_BYTES + word_at(image, SETUP_PAYLOAD_OFFSET);
	size_t length = word_at(image, SETUP_PAYLOAD_LENGTH);
	if (start > image->length || length > image->length - start || length < 8 ||
	    memcmp(image->bytes + start, zstd, sizeof(zstd)) != 0)
		return -1;
	size_t size = word_at(image, start + length - 4);
	if (!size || size > UNPACKED_BYTES_MAX)
		return -1;
	/* Straight into the file that QEMU reads: 60 MB are not copied twice. */
	int fd = memfd_create("ktstr-kernel", MFD_CLOEXEC);
	char *unpacked =
		fd >= 0 && ftruncate(fd, (off_t)size) == 0
			? mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0)
			: MAP_FAILED;
	bool boots = false;
	if (unpacked != MAP_FAILED) {
		size_t got = ZSTD_decompress(unpacked, size, image->bytes + start, length - 4);
		boots = !ZSTD_isError(got) && got == size && elf_boots(unpacked, got);
		munmap(unpacked, size);
	}
	if (!boots && fd >= 0)
		close(fd);
	return boots ? fd : -1;
}
#else
static int unpack(const struct image *image)
{
	(void)image;
	return -1;
}
#endif

int kernel_open(const char *path, struct error *error)
{
	struct stat status;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) != 0) {
		error_set_errno(error, errno, "cannot read the kernel %s", path);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	struct image image = {.length = S_ISREG(status.st_mode) ? (size_t)status.st_size : 0};
	void *mapped =
		image.length ? mmap(NULL, image.length, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	image.bytes = mapped;
	bool bzimage = mapped != MAP_FAILED && is_bzimage(&image);
	bool elf = mapped != MAP_FAILED && elf_boots(image.bytes, image.length);
	int unpacked = bzimage ? unpack(&image) : -1;
	if (mapped != MAP_FAILED)
		munmap(mapped, image.length);
	if (!bzimage && !elf)
		error_set(error, ERROR_REFUSED,
			  "%s is no kernel that can be booted: neither a bzImage nor an ELF file "
			  "with a PVH entry",
			  path);
	if (unpacked >= 0 || (!bzimage && !elf)) {
		close(fd);
		fd = unpacked;
	}
	return fd;
}
