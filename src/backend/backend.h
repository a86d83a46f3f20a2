// The one interface: a kernel, or a machine that behaves like one, as the bpf(2) commands see it.
//
// One method is one bpf(2) command and answers what the command answers: an error code whose value is the
// kernel's errno (generic category; 524 is the kernel's own ENOTSUPP), never an exception. Nothing here
// retries, grows a buffer, falls back or explains; that is done once, above, in src/map. What each command
// answers when is in the contract suite (tests/contract), which runs against every backend.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "backend/program_call.h"
#include "base/bytes.h"
#include "base/cpu_list.h"
#include "base/map_info.h"
#include "base/privileges.h"

namespace percpumap {

enum class BatchCommand { lookup, take, update, erase };

// The `batch` part of union bpf_attr. A batch token is a 4-byte bucket number whatever the key size
// (__htab_map_lookup_and_delete_batch(), kernel/bpf/hashtab.c).
//
// keys: count * key_size bytes, unrounded. rows: count * row bytes; not used by erase.
// lookup and take fill them and ignore the size of what they are given beyond `count`;
// the end of the map is ENOENT with `count` rows delivered; ENOSPC means that the next bucket does not fit.
// update and erase read them in order and stop at the first failure, `count` telling how many were done.
struct BatchCall {
  const uint32_t* in = nullptr;  // lookup, take: where to go on; null: from the first bucket
  uint32_t* out = nullptr;       // lookup, take: where the next call goes on; may be the same as `in`
  std::byte* keys = nullptr;
  std::byte* rows = nullptr;
  uint32_t count = 0;  // in: room for, or number of, entries; out: entries done
  uint64_t elem_flags = 0;
  uint64_t flags = 0;
};

// One open map. Owns its descriptor; a map lives while anything holds it open or pinned.
//
// A *row* is every possible CPU's slot of one entry: each slot round_up8(value_size) bytes, in the order of
// Backend::possible_cpus(). Key arguments are key_size bytes. Buffers stay the caller's. A view whose
// data() is null is the null pointer the kernel would see (EFAULT).
class RawMap {
 public:
  virtual ~RawMap() = default;

  // BPF_OBJ_GET_INFO_BY_FD.
  virtual std::error_code info(MapInfo& info) = 0;
  // /proc/self/fdinfo: memory and frozen state, which the info command does not have.
  virtual std::error_code usage(MapUsage& usage) = 0;

  // BPF_MAP_LOOKUP_ELEM. ENOENT: no such key. EPERM: descriptor opened write-only.
  virtual std::error_code lookup(Bytes key, MutableBytes row, uint64_t flags) = 0;
  // BPF_MAP_UPDATE_ELEM. EEXIST, ENOENT: as kNoExist, kExist ask. E2BIG: full. ENOMEM: no memory now; on
  // kNoPrealloc maps also in passing. EBUSY, EDEADLK, ETIMEDOUT: try again. EPERM: read-only descriptor or
  // frozen map.
  virtual std::error_code update(Bytes key, Bytes row, uint64_t flags) = 0;
  // BPF_MAP_DELETE_ELEM. `flags` must be 0.
  virtual std::error_code erase(Bytes key, uint64_t flags) = 0;
  // BPF_MAP_LOOKUP_AND_DELETE_ELEM (5.14; before: 524 or EINVAL). The entry is gone even if `row` was bad.
  virtual std::error_code take(Bytes key, MutableBytes row, uint64_t flags) = 0;
  // BPF_MAP_GET_NEXT_KEY. A null key asks for the first one; so does a key that is not there. ENOENT: no
  // more.
  virtual std::error_code next_key(Bytes key, MutableBytes next) = 0;
  // BPF_MAP_LOOKUP_BATCH, _LOOKUP_AND_DELETE_BATCH, _UPDATE_BATCH, _DELETE_BATCH (5.6; before: EINVAL).
  virtual std::error_code batch(BatchCommand command, BatchCall& call) = 0;

  // BPF_MAP_FREEZE: no more writes by system call, through any descriptor, for ever.
  virtual std::error_code freeze() = 0;
  // BPF_OBJ_PIN. EEXIST, ENOENT (no parent), EPERM (not a bpffs, or a dot in the name).
  virtual std::error_code pin(const std::string& path) = 0;

  // Runs a program on CPU `cpu` for each entry (BPF_PROG_TEST_RUN), having loaded it if this is its first
  // call; it is unloaded with this object. Neither this descriptor's access mode nor freezing binds it. No
  // error: it ran, and `call.results` has what update answers (0, -EINVAL, -EEXIST, -ENOENT, -E2BIG,
  // -ENOMEM), erase (0, -ENOENT), for_each (the elements visited in the order of next_key, the one it stopped
  // at among them; -EINVAL: flags not 0), and the others as Program says. With an error, the entries for
  // which there are results are done all the same.
  //
  // The program runs in task context of the calling thread, which is bound to `cpu` until this map is closed
  // or a program runs elsewhere; threads made meanwhile inherit that. It never runs on another CPU: it looks
  // where it is.
  //
  // EPERM: no right to load it (CAP_BPF; by interrupt CAP_PERFMON, too). EINVAL: this kernel has no such
  // helper. EACCES: kReadOnlyProg and it writes, kWriteOnlyProg and it reads a value. EOPNOTSUPP: no programs
  // before 5.5 (which had no array to map, BPF_F_MMAPABLE); by interrupt none before 5.10, and none on
  // kNoPrealloc maps before 6.1, where loading them makes the kernel print a warning, which can be fatal
  // (check_map_prog_compatibility(), kernel/bpf/verifier.c). ENXIO: `cpu` is not online. ENODEV: it is, but
  // this thread may not run there (a cpuset, or for a moment while the CPU comes or goes).
  virtual std::error_code run_program(uint32_t cpu, ProgramCall& call) = 0;
};

// open_flags below: 0, kReadOnly or kWriteOnly; anything else is EINVAL.
class Backend {
 public:
  virtual ~Backend() = default;

  // "the real kernel", "the simulated kernel in DIR": for messages.
  virtual std::string name() const = 0;

  // /sys/devices/system/cpu/possible. Never empty.
  virtual const CpuList& possible_cpus() const = 0;
  // /sys/devices/system/cpu/online, as it is now: CPUs may come and go. Never empty.
  virtual CpuList online_cpus() const = 0;
  // The one that this thread runs on; it may be on another one a moment later.
  virtual uint32_t current_cpu() const = 0;

  // Whether this kernel has CAP_BPF (5.8); before, CAP_SYS_ADMIN stands for it.
  virtual bool has_cap_bpf() const = 0;
  // Of the thread that calls, for explaining EPERM. They decide nothing: what the kernel answers does.
  virtual Privileges privileges() const = 0;
  // The kernel's own BTF (/sys/kernel/btf/vmlinux, 5.4): no error if it has a function of this name; ENOENT:
  // it has not; ENODATA: there is no BTF, or this process may not read it.
  virtual std::error_code find_function(const std::string& function) const = 0;

  // BPF_BTF_GET_FD_BY_ID and BPF_OBJ_GET_INFO_BY_FD: the whole BTF object with this id. ENOENT: there is
  // none. EPERM: needs CAP_SYS_ADMIN. It lives as long as a map that has it.
  virtual std::error_code btf(uint32_t id, std::vector<std::byte>& blob) = 0;

  // BPF_MAP_CREATE, with BPF_BTF_LOAD before it where `spec` has BTF (EINVAL: it is none, or its types have
  // other sizes than the map). The new map is open for `spec.flags`' access mode and has no pin.
  virtual std::error_code create(const MapSpec& spec, std::unique_ptr<RawMap>& map) = 0;
  // BPF_MAP_GET_NEXT_ID: the smallest id greater than `after`. ENOENT: no more. EPERM: needs CAP_SYS_ADMIN.
  virtual std::error_code next_id(uint32_t after, uint32_t& id) = 0;
  // BPF_MAP_GET_FD_BY_ID.
  virtual std::error_code open_id(uint32_t id, uint32_t open_flags, std::unique_ptr<RawMap>& map) = 0;
  // BPF_OBJ_GET. EACCES: not a pin, or its file mode; EINVAL: the pin is of something other than a map.
  virtual std::error_code open_pin(const std::string& path, uint32_t open_flags,
                                   std::unique_ptr<RawMap>& map) = 0;
  // A descriptor inherited from the parent process; duplicated, never closed. EBADF, EINVAL: not a map's.
  virtual std::error_code open_fd(int fd, std::unique_ptr<RawMap>& map) = 0;

  // Every file below every mounted bpffs that this process may list, in no order; pins of other
  // objects among them. Failures to list a directory are passed over.
  virtual std::vector<std::string> pinned_paths() = 0;
  // statfs(2) of a path: no error if it is there and on a bpffs (a simulated one for a simulated kernel),
  // EPERM if it is elsewhere, ENOENT, EACCES (a directory above it may not be searched).
  virtual std::error_code check_bpffs(const std::string& path) = 0;
  // unlink(2) of a pin, whatever it pins. ENOENT; EPERM: not on a bpffs.
  virtual std::error_code unpin(const std::string& path) = 0;
};

}  // namespace percpumap
