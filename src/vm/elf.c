#include "vm/elf.h"

#include <elf.h>
#include <string.h>

/* From Xen's elfnote.h; the kernel has it with CONFIG_PVH. */
enum { NOTE_PHYS32_ENTRY = 18 };

struct view {
	const char *bytes;
	size_t length;
	Elf64_Ehdr header;
};

static bool copy_out(const struct view *view, uint64_t offset, void *into, size_t size)
{
	if (offset > view->length || view->length - offset < size)
		return false;
	memcpy(into, view->bytes + offset, size);
	return true;
}

/* A string that ends inside the file. */
static const char *string_at(const struct view *view, uint64_t offset)
{
	if (offset >= view->length || !memchr(view->bytes + offset, 0, view->length - offset))
		return NULL;
	return view->bytes + offset;
}

static bool segment_at(const struct view *view, unsigned index, Elf64_Phdr *segment)
{
	return index < view->header.e_phnum &&
	       copy_out(view, view->header.e_phoff + index * sizeof(*segment), segment,
			sizeof(*segment));
}

/* Where in the file an address of the program lies. */
static bool offset_of(const struct view *view, uint64_t address, uint64_t *offset)
{
	Elf64_Phdr segment;
	for (unsigned i = 0; segment_at(view, i, &segment); i++) {
		if (segment.p_type == PT_LOAD && address >= segment.p_vaddr &&
		    address - segment.p_vaddr < segment.p_filesz) {
			*offset = address - segment.p_vaddr + segment.p_offset;
			return true;
		}
	}
	return false;
}

bool elf_is(const char *bytes, size_t length)
{
	return length >= SELFMAG && memcmp(bytes, ELFMAG, SELFMAG) == 0;
}

static bool open_view(struct view *view, const char *bytes, size_t length)
{
	*view = (struct view){.bytes = bytes, .length = length};
	return elf_is(bytes, length) && copy_out(view, 0, &view->header, sizeof(view->header)) &&
	       view->header.e_ident[EI_CLASS] == ELFCLASS64 &&
	       view->header.e_ident[EI_DATA] == ELFDATA2LSB &&
	       view->header.e_phentsize == sizeof(Elf64_Phdr);
}

static char *copy_string(const char *string)
{
	size_t size = strlen(string) + 1;
	return memcpy(memory_resize(NULL, size), string, size);
}

/* One pass over the dynamic section for the table of strings, one for what points into it. */
static void read_dynamic(const struct view *view, const Elf64_Phdr *segment, struct elf *elf)
{
	uint64_t strings = 0;
	bool found = false;
	Elf64_Dyn entry;
	for (uint64_t at = 0; at + sizeof(entry) <= segment->p_filesz; at += sizeof(entry)) {
		if (!copy_out(view, segment->p_offset + at, &entry, sizeof(entry)))
			return;
		if (entry.d_tag == DT_STRTAB)
			found = offset_of(view, entry.d_un.d_ptr, &strings);
	}
	for (uint64_t at = 0; found && at + sizeof(entry) <= segment->p_filesz;
	     at += sizeof(entry)) {
		copy_out(view, segment->p_offset + at, &entry, sizeof(entry));
		const char *name = string_at(view, strings + entry.d_un.d_val);
		if (!name)
			continue;
		if (entry.d_tag == DT_NEEDED)
			VECTOR_PUSH(&elf->needed, copy_string(name));
		if (entry.d_tag == DT_RUNPATH || (entry.d_tag == DT_RPATH && !elf->runpath)) {
			free(elf->runpath);
			elf->runpath = copy_string(name);
		}
	}
}

bool elf_read(struct elf *elf, const char *bytes, size_t length, struct error *error)
{
	struct view view;
	Elf64_Phdr segment;
	*elf = (struct elf){0};
	if (!open_view(&view, bytes, length))
		return error_set(error, ERROR_REFUSED, "no 64-bit ELF file");
	elf->machine = view.header.e_machine;
	for (unsigned i = 0; segment_at(&view, i, &segment); i++) {
		const char *name;
		if (segment.p_type == PT_DYNAMIC)
			read_dynamic(&view, &segment, elf);
		else if (segment.p_type == PT_INTERP && !elf->loader &&
			 (name = string_at(&view, segment.p_offset)))
			elf->loader = copy_string(name);
	}
	return true;
}

void elf_free(struct elf *elf)
{
	for (size_t i = 0; i < elf->needed.length; i++)
		free(elf->needed.data[i]);
	VECTOR_FREE(&elf->needed);
	free(elf->loader);
	free(elf->runpath);
}

static bool has_entry_note(const struct view *view, const Elf64_Phdr *segment)
{
	uint64_t at = segment->p_offset;
	Elf64_Nhdr note;
	while (at - segment->p_offset < segment->p_filesz &&
	       copy_out(view, at, &note, sizeof(note))) {
		char name[4];
		if (note.n_type == NOTE_PHYS32_ENTRY && note.n_namesz == sizeof(name) &&
		    copy_out(view, at + sizeof(note), name, sizeof(name)) &&
		    memcmp(name, "Xen", sizeof(name)) == 0)
			return true;
		at += sizeof(note) + ((note.n_namesz + UINT64_C(3)) & ~UINT64_C(3)) +
		      ((note.n_descsz + UINT64_C(3)) & ~UINT64_C(3));
	}
	return false;
}

bool elf_boots(const char *bytes, size_t length)
{
	struct view view;
	Elf64_Phdr segment;
	if (!open_view(&view, bytes, length))
		return false;
	for (unsigned i = 0; segment_at(&view, i, &segment); i++) {
		if (segment.p_type == PT_NOTE && has_entry_note(&view, &segment))
			return true;
	}
	return false;
}
