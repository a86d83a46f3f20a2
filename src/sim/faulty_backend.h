// A backend whose calls fail as Faults say.
#pragma once

#include <memory>

#include "backend/backend.h"
#include "sim/faults.h"

namespace percpumap {

// Forwards everything to `inner`; maps that it opens share `faults` and may outlive it. A call that is to
// fail does nothing, with one exception: batches that change the map stop half-way (rounded down) as a
// kernel that fails at one entry or bucket does, unless the error is EINVAL or EPERM, which a kernel finds
// before the first. Those two leave `count` as it is; all other errors of lookup_batch make it 0.
std::unique_ptr<Backend> make_faulty_backend(std::shared_ptr<Backend> inner, std::shared_ptr<Faults> faults);

// `inner` under the faults of the environment variable PERCPUMAP_SIM_FAULTS, or itself if there are none.
// Calls are counted from here on; our program opens one backend, so that is for each process.
// Throws what parse_faults() throws.
std::unique_ptr<Backend> with_environment_faults(std::unique_ptr<Backend> inner);

}  // namespace percpumap
