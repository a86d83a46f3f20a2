// Paths where no pin can be: each has its own message, and nothing is left behind.
#include <set>

#include "kernel/kernel_fixture.h"

namespace percpumap::test {
namespace {

struct BadPath {
  const char* name;
  std::string path;
  std::string words;  // in the message
};

class PinPathTest : public KernelTest, public testing::WithParamInterface<BadPath> {
 protected:
  // Ids of the maps named $NAME.
  size_t maps() const {
    size_t count = 0;
    for (const Json& map : json_of("percpumap -j list")) count += map.at("name") == out_of("printf %s $NAME");
    return count;
  }
};

TEST_P(PinPathTest, CreateRefusesItAndMakesNoMap) {
  out_of("percpumap create $PINS/taken key 1 value 1 entries 1");
  const Outcome refused = sh("percpumap create " + GetParam().path + " key 4 value 8 entries 4 name $NAME");
  EXPECT_EQ(refused.status, 73);
  EXPECT_NE(refused.err.find(GetParam().words), std::string::npos) << refused.err;
  EXPECT_EQ(maps(), 0U);
}

TEST_P(PinPathTest, PinRefusesIt) {
  out_of("percpumap create $PINS/taken key 1 value 1 entries 1");
  const Outcome refused = sh("percpumap pin $PINS/taken " + GetParam().path);
  EXPECT_EQ(refused.status, 73);
  EXPECT_NE(refused.err.find(GetParam().words), std::string::npos) << refused.err;
}

INSTANTIATE_TEST_SUITE_P(Paths, PinPathTest,
                         testing::Values(BadPath{"dot", "$PINS/a.b", "dot"},
                                         BadPath{"no_parent", "$PINS/none/t", "$PINS/none"},
                                         BadPath{"exists", "$PINS/taken", "exist"},
                                         BadPath{"no_bpffs", "$TMP/t", "bpffs"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_F(KernelTest, EachBadPinPathHasAMessageOfItsOwn) {
  out_of("percpumap create $PINS/taken key 1 value 1 entries 1");
  std::set<std::string> messages;
  for (const std::string path : {"$PINS/a.b", "$PINS/none/t", "$PINS/taken", "$TMP/t"}) {
    std::string text = sh("percpumap pin $PINS/taken " + path).err;
    for (size_t at = 0; (at = text.find(path)) != text.npos;) text.replace(at, path.size(), "PATH");
    messages.insert(text);
  }
  EXPECT_EQ(messages.size(), 4U);
}

}  // namespace
}  // namespace percpumap::test
