// What a process lacks whose bpf(2) is refused. EPERM is the answer to a missing capability, to one that only
// counts in a user namespace, and of a seccomp filter; what the process knows about itself tells them apart.
#pragma once

#include <string>

#include "backend/backend.h"
#include "base/error.h"
#include "base/privileges.h"

namespace percpumap {

// EPERM; and EACCES, which only security modules and seccomp filters answer where no file is named.
bool is_refusal(std::error_code ec);

// Whether every command is refused: by a seccomp filter, or up to 5.18 for want of CAP_BPF.
bool refuses_all_commands(Backend& backend);
// Whether a seccomp filter may be the reason for that.
bool filter_refuses(Backend& backend);

// "CAP_BPF" and where it has to count; CAP_SYS_ADMIN where the kernel has no other (before 5.8).
std::string right_words(const Backend& backend, Right right);

// The hint of an Error about such a refusal, a clause without a full stop. Right::none: of commands that need
// a capability up to 5.18 only.
std::string needed(Backend& backend, Right right);

// The Error for ENOSYS: there is no bpf(2), or a seccomp filter says so.
Error no_system_call(const Backend& backend);

}  // namespace percpumap
