#include "cli/case_file.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace percpumap::test {
namespace {

TEST(CaseFile, ReadsATranscript) {
  const auto cases = parse_cases("x",
                                 "# why\n"
                                 "== first\n"
                                 "@only sim: a reason\n"
                                 "@kernel 5.10+\n"
                                 "@kernel 6.18-\n"
                                 "@offline\n"
                                 "@cpus 2+\n"
                                 "@needs setpriv\n"
                                 "$ cat <<END\n"
                                 "> text\n"
                                 "> END\n"
                                 "text\n"
                                 "\n"
                                 "more\n"
                                 "! warning\n"
                                 "? 1\n"
                                 "\n"
                                 "== second\n"
                                 "$ true\n");
  ASSERT_EQ(cases.size(), 2U);
  EXPECT_EQ(cases[0].file, "x");
  EXPECT_EQ(cases[0].title, "first");
  EXPECT_EQ(cases[0].only, "sim");
  EXPECT_EQ(cases[0].reason, "a reason");
  EXPECT_EQ(cases[0].from, (KernelVersion{5, 10}));
  EXPECT_EQ(cases[0].to, (KernelVersion{6, 18}));
  EXPECT_TRUE(cases[0].offline);
  EXPECT_EQ(cases[0].min_cpus, 2U);
  EXPECT_EQ(cases[0].needs, std::vector<std::string>{"setpriv"});
  ASSERT_EQ(cases[0].steps.size(), 1U);
  EXPECT_EQ(cases[0].steps[0].line, 9);
  EXPECT_EQ(cases[0].steps[0].command, "cat <<END\ntext\nEND");
  EXPECT_EQ(cases[0].steps[0].out, (std::vector<std::string>{"text", "", "more"}));
  EXPECT_EQ(cases[0].steps[0].err, std::vector<std::string>{"warning"});
  EXPECT_EQ(cases[0].steps[0].status, 1);
  EXPECT_EQ(cases[1].steps[0].status, 0);
  EXPECT_FALSE(cases[1].from || cases[1].to || cases[1].offline);
}

std::string complaint_about(const char* text) {
  try {
    parse_cases("x", text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

TEST(CaseFile, RefusesWhatWouldNeverRun) {
  EXPECT_EQ(complaint_about("$ true\n"), "x.case:1: a case starts with `== title`");
  EXPECT_EQ(complaint_about("== a\n== b\n$ true\n"), "x.case:2: the case before has no command");
  EXPECT_EQ(complaint_about("== a\n"), "x.case:1: the case before has no command");
  EXPECT_EQ(complaint_about("== a\n$ true\n== a\n$ true\n"), "x.case:3: a second case of this title");
  EXPECT_EQ(complaint_about("== a\n@only\n"), "x.case:2: neither a directive nor a command");
  EXPECT_EQ(complaint_about("== a\n@only sim\n"), "x.case:2: `@only` wants a reason: `@only sim: reason`");
  EXPECT_EQ(complaint_about("== a\n@kernel 5.14\n"),
            "x.case:2: `@kernel` wants a version, and + or -: `@kernel 5.14+`");
  EXPECT_EQ(complaint_about("== a\n$ true\n? 1x\n"), "x.case:3: not a number");
}

}  // namespace
}  // namespace percpumap::test
