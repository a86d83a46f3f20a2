// The one kind of Error that text can be.
#pragma once

#include <fmt/format.h>

#include <utility>

#include "base/error.h"

namespace percpumap {

template <typename... Args>
Error bad_data(fmt::format_string<Args...> format, Args&&... args) {
  return {Problem::bad_data, fmt::format(format, std::forward<Args>(args)...)};
}

}  // namespace percpumap
