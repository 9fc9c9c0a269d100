#include "host/bpf_map.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static long call(enum bpf_cmd command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

static bool is_per_cpu(unsigned type)
{
	return type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static bool refused(struct error *error, int reason, const char *what, const char *path)
{
	error_set_errno(error, reason, "%s '%.200s'", what, path);
	if (reason == ENOENT && error)
		error->kind = ERROR_UNAVAILABLE;
	return false;
}

static bool look_up(int fd, const char *path, int64_t key, int64_t *value, struct error *error)
{
	struct bpf_map_info info = {0};
	union bpf_attr attributes = {0};
	attributes.info.bpf_fd = (uint32_t)fd;
	attributes.info.info_len = sizeof(info);
	attributes.info.info = (uintptr_t)&info;
	if (call(BPF_OBJ_GET_INFO_BY_FD, &attributes) != 0)
		return refused(error, errno, "this is no BPF map:", path);
	bool sized = (info.key_size == 4 || info.key_size == 8) &&
		     (info.value_size == 1 || info.value_size == 2 || info.value_size == 4 ||
		      info.value_size == 8);
	if (!sized || is_per_cpu(info.type))
		return error_set(error, ERROR_REFUSED,
				 "the BPF map '%.200s' holds no plain numbers: keys of %u and "
				 "values of %u bytes%s",
				 path, info.key_size, info.value_size,
				 is_per_cpu(info.type) ? " for each CPU" : "");
	/* Little-endian, the low bytes of a wider number are the number. */
	_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
		       "keys are cut to their low bytes");
	uint64_t found = 0, wanted = (uint64_t)key;
	if (key < 0 || (info.key_size == 4 && key > UINT32_MAX))
		return error_set(error, ERROR_REFUSED, "%lld is no key of the BPF map '%.200s'",
				 (long long)key, path);
	memset(&attributes, 0, sizeof(attributes));
	attributes.map_fd = (uint32_t)fd;
	attributes.key = (uintptr_t)&wanted;
	attributes.value = (uintptr_t)&found;
	if (call(BPF_MAP_LOOKUP_ELEM, &attributes) != 0)
		return refused(error, errno, "nothing is at that key of the BPF map", path);
	if (found > INT64_MAX)
		return error_set(error, ERROR_REFUSED,
				 "the value in the BPF map '%.200s' does not fit in 63 bits", path);
	*value = (int64_t)found;
	return true;
}

bool bpf_map_value(const char *path, int64_t key, int64_t *value, struct error *error)
{
	union bpf_attr attributes = {0};
	attributes.pathname = (uintptr_t)path;
	attributes.file_flags = BPF_F_RDONLY;
	int fd = (int)call(BPF_OBJ_GET, &attributes);
	if (fd < 0)
		return refused(error, errno, "there is no BPF map to read at", path);
	bool found = look_up(fd, path, key, value, error);
	close(fd);
	return found;
}
