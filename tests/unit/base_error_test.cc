#include <gtest/gtest.h>

#include <cerrno>

#include "base/error.h"

namespace percpumap {
namespace {

struct ProblemCase {
  const char* name;
  Problem problem;
  int status;
};

// The table of exit codes that scripts rely on.
constexpr ProblemCase kProblems[] = {
    {"not_found", Problem::not_found, 1},
    {"exists", Problem::exists, 1},
    {"usage", Problem::usage, 64},
    {"bad_data", Problem::bad_data, 65},
    {"ambiguous", Problem::ambiguous, 65},
    {"no_such_map", Problem::no_such_map, 66},
    {"unsupported", Problem::unsupported, 69},
    {"bug", Problem::bug, 70},
    {"system", Problem::system, 71},
    {"full", Problem::full, 71},
    {"no_memory", Problem::no_memory, 71},
    {"cannot_create", Problem::cannot_create, 73},
    {"output_failed", Problem::output_failed, 74},
    {"incomplete", Problem::incomplete, 75},
    {"interrupted", Problem::interrupted, 75},
    {"not_permitted", Problem::not_permitted, 77},
    {"frozen", Problem::frozen, 77},
};

TEST(Problem, HasItsNameAndExitStatus) {
  for (const auto& [name, problem, status] : kProblems) {
    EXPECT_EQ(problem_name(problem), name);
    EXPECT_EQ(exit_status(problem), status) << name;
  }
}

TEST(Error, CarriesWhatIsKnown) {
  const Error error = Error(Problem::not_permitted, "the kernel refused")
                          .because(errno_code(EPERM))
                          .in("lookup")
                          .of("stats (id 7)")
                          .advise("run as root");
  EXPECT_STREQ(error.what(), "the kernel refused");
  EXPECT_EQ(error.problem(), Problem::not_permitted);
  EXPECT_EQ(error.cause, std::errc::operation_not_permitted);
  EXPECT_EQ(error.operation, "lookup");
  EXPECT_EQ(error.map, "stats (id 7)");
  EXPECT_EQ(error.hint, "run as root");
}

TEST(Error, HasNoCauseUnlessGiven) {
  const Error error(Problem::bad_data, "key");
  EXPECT_FALSE(error.cause);
  EXPECT_EQ(error.hint, "");
}

TEST(Errno, HasItsName) {
  EXPECT_EQ(errno_name(ENOENT), "ENOENT");
  EXPECT_EQ(errno_name(E2BIG), "E2BIG");
}

TEST(Errno, KernelsOwnEnotsuppIsKnown) {
  EXPECT_EQ(errno_name(524), "ENOTSUPP");
  EXPECT_EQ(errno_text(524), "Operation not supported by this kernel");
}

TEST(Errno, WithoutANameIsItsNumber) {
  EXPECT_EQ(errno_name(4000), "4000");
}

TEST(Errno, IsFoundByItsName) {
  EXPECT_EQ(errno_by_name("EPERM"), EPERM);
  EXPECT_EQ(errno_by_name("EOPNOTSUPP"), EOPNOTSUPP);
  EXPECT_EQ(errno_by_name("ENOTSUPP"), kKernelEnotsupp);
}

TEST(Errno, IsNotFoundByAnythingElse) {
  for (const char* name : {"", "E", "1", "E1", "enoent", "ENOENT ", "ENO", "200"}) {
    EXPECT_EQ(errno_by_name(name), std::nullopt) << name;
  }
}

TEST(Errno, HasItsText) {
  EXPECT_EQ(errno_text(ENOENT), "No such file or directory");
}

}  // namespace
}  // namespace percpumap
