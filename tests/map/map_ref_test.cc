#include "map/map_ref.h"

#include <cerrno>

#include "base/error.h"
#include "map/pin_path.h"
#include "map_fixture.h"

namespace percpumap::test {
namespace {

class Refs : public MapTest {};
PERCPUMAP_FOR_EVERY_BACKEND(Refs);

MapSpec named(const std::string& name) {
  MapSpec spec = small_spec();
  spec.name = name;
  return spec;
}

TEST_P(Refs, IdNameAndPinMeanTheSameMap) {
  const std::string name = "ref_" + std::to_string(getpid());
  Map map = make(named(name));
  map.pin(faulty(), pin_path("there"));
  const uint32_t id = map.info().id;
  EXPECT_EQ(Map::open(faulty(), {MapRef::Kind::id, id, {}}, kReadOnly).info().id, id);
  EXPECT_EQ(Map::open(faulty(), {MapRef::Kind::name, 0, name}, kReadOnly).info().id, id);
  EXPECT_EQ(Map::open(faulty(), {MapRef::Kind::pin, 0, pin_path("there")}, kReadOnly).info().id, id);
}

TEST_P(Refs, ANameOfTwoMapsIsAmbiguousAndListsThem) {
  const std::string name = "two_" + std::to_string(getpid());
  const Map one = make(named(name));
  const Map two = make(named(name));
  try {
    Map::open(faulty(), {MapRef::Kind::name, 0, name}, kReadOnly);
    FAIL() << "opened one of two";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::ambiguous);
    const std::string what = error.what();
    EXPECT_NE(what.find("id " + std::to_string(one.info().id) + " "), std::string::npos) << what;
    EXPECT_NE(what.find("id " + std::to_string(two.info().id) + " "), std::string::npos) << what;
  }
}

TEST_P(Refs, WhatIsMissingIsMissing) {
  const auto open = [&](const MapRef& ref) { Map::open(faulty(), ref, kReadOnly); };
  EXPECT_EQ(problem_of([&] { open({MapRef::Kind::id, 2000000000, {}}); }), Problem::no_such_map);
  EXPECT_EQ(problem_of([&] { open({MapRef::Kind::name, 0, "no_such_name"}); }), Problem::no_such_map);
  EXPECT_EQ(problem_of([&] { open({MapRef::Kind::pin, 0, pin_path("missing")}); }), Problem::no_such_map);
  EXPECT_EQ(problem_of([&] { open({MapRef::Kind::pin, 0, "/etc/passwd"}); }), Problem::no_such_map);
  EXPECT_EQ(problem_of([&] { open({MapRef::Kind::fd, 987654, {}}); }), Problem::no_such_map);
}

TEST_P(Refs, ABadFileOfASimulatedMapIsNamedAsSuch) {
  const Map map = make();
  const auto why = [&](int code) -> std::string {
    faults().fail(Call::open_id, faults().calls(Call::open_id) + 1, code);
    try {
      Map::open(faulty(), {MapRef::Kind::id, map.info().id, {}}, kReadOnly);
      return "opened";
    } catch (const Error& error) {
      EXPECT_EQ(error.problem(), Problem::system);
      return error.what();
    }
  };
  EXPECT_NE(why(EIO).find("its file is damaged"), std::string::npos);
  EXPECT_NE(why(ENODEV).find("another version of this program"), std::string::npos);
}

TEST_P(Refs, EachPlaceThatTakesNoPinHasItsReason) {
  Map map = make();
  map.pin(faulty(), pin_path("taken"));
  const auto why = [&](const std::string& path) -> std::string {
    try {
      map.pin(faulty(), path);
      return "pinned";
    } catch (const Error& error) {
      EXPECT_EQ(error.problem(), Problem::cannot_create);
      return error.what();
    }
  };
  const auto ends_with = [](const std::string& text, std::string_view end) { return text.ends_with(end); };
  EXPECT_PRED2(ends_with, why(pin_path("taken")), "the path exists already");
  EXPECT_PRED2(ends_with, why(pin_path("red.x")), "a bpffs takes no name with a dot in it");
  EXPECT_PRED2(ends_with, why(pin_path("no/x")), "no' is not there");
  EXPECT_PRED2(ends_with, why("/tmp/percpumap-no-bpffs"), "'/tmp' is not on a bpffs");
}

TEST_P(Refs, AReadOnlyFileSystemIsNamed) {
  Map map = make();
  map.pin(faulty(), pin_path("there"));
  faults().fail(Call::open_pin, faults().calls(Call::open_pin) + 1, EROFS);
  const MapRef there{MapRef::Kind::pin, 0, pin_path("there")};
  EXPECT_EQ(problem_of([&] { Map::open(faulty(), there, 0); }), Problem::not_permitted);
  const Error error = pin_failure(faulty(), pin_path("other"), errno_code(EROFS));
  EXPECT_EQ(error.problem(), Problem::cannot_create);
  EXPECT_NE(std::string(error.what()).find("read-only"), std::string::npos);
}

}  // namespace
}  // namespace percpumap::test
