// Why a map could not be made: the kernel says EINVAL, E2BIG, EPERM or ENOMEM; people want to know which
// argument.
#pragma once

#include <system_error>

#include "backend/backend.h"
#include "base/error.h"
#include "base/map_info.h"

namespace percpumap {

// `backend` is the one that answered `ec`. The limits are those of htab_map_alloc_check() and map_create()
// (kernel-semantics.md 1.1, 1.2); where none of them explains `ec` the message says so.
Error create_failure(Backend& backend, const MapSpec& spec, std::error_code ec);

// Whether there can ever be memory for an entry: up to Linux 6.11 a map without preallocation is made with
// values of any size, and each insert fails with ENOMEM (PCPU_MIN_UNIT_SIZE, mm/percpu.c).
bool has_room_for_values(const MapSpec& spec);

// Whether sizes and entries are below the limits of every kernel from 6.12 on.
bool within_limits(const MapSpec& spec);

// Memory that a preallocated map of this spec takes at once, in bytes, for `cpus` possible CPUs; 0 for a map
// without preallocation. The element header is 48 bytes and each element has a free list link and a pointer
// (kernel/bpf/hashtab.c, x86-64).
uint64_t preallocated_bytes(const MapSpec& spec, size_t cpus);

}  // namespace percpumap
