#include <array>
#include <cstdlib>

#include "base/error.h"
#include "fuzz/targets.h"
#include "map/filter.h"
#include "map/sort_order.h"
#include "types/declare.h"

namespace percpumap::test {
namespace {

template <typename Body>
void expect_no_other_error(Body body) {
  try {
    body();
  } catch (const Error& error) {
    if (error.problem() != Problem::bad_data) abort();
  }
}

// The filter that `text` is, or the order, on entries whose bytes are all alike.
void run(std::string_view text, const Layout& key, const Layout& value) {
  const Shape shape{key.size(), value.size(), CpuList({0, 1, 5})};
  for (const int fill : {0, 1, 0x7f, 0xff}) {
    const std::vector<std::byte> key_bytes(shape.key_size, static_cast<std::byte>(fill));
    const std::vector<std::byte> row(shape.row_size(), static_cast<std::byte>(fill));
    expect_no_other_error([&] { Filter(text, key, value, shape).matches(key_bytes.data(), row.data()); });
    expect_no_other_error([&] {
      const SortOrder order(text, key, value, shape);
      std::vector<std::byte> rank(order.size());
      order.rank(key_bytes.data(), row.data(), rank.data());
    });
  }
}

}  // namespace

void fuzz_filter(std::string_view text) {
  static const std::array layouts = {
      Layout::bytes(4),
      Layout::integer(8, true),
      declare_layout("packed{from:ipv4,to:ipv6,at:mac,port:be16,up:bool,name:comm,c:char,id:hex[3]}", "key"),
      declare_layout("{packets:u64,level:i32,load:f32,hist:u16[3],in:{n:i8,s:char[5]}[2]}", "value"),
  };
  for (size_t i = 0; i < layouts.size(); ++i) run(text, layouts[i], layouts[(i + 1) % layouts.size()]);
}

}  // namespace percpumap::test
