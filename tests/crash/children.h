// Child processes that work on a simulated map until they are killed.
#pragma once

#include <sys/types.h>

#include <functional>

namespace percpumap::test {

// Runs `work` in a child, which dies with its parent; what it returns is the exit status.
pid_t start_child(const std::function<int()>& work);
// The exit status, or minus the signal that ended it.
int wait_for(pid_t child);

}  // namespace percpumap::test
