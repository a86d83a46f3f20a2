// The completion scripts of the shells.
#include <fmt/format.h>

#include "cmd/commands.h"
#include "cmd/shell_code.h"

namespace percpumap {

int run_completion(Session& session, Words& words) {
  const std::string shell = words.next("the shell (bash, zsh or fish)");
  words.end();
  const std::string_view code = shell == "bash"   ? kBash
                                : shell == "zsh"  ? kZsh
                                : shell == "fish" ? kFish
                                                  : "";
  if (code.empty()) words.fail("there is no completion for '" + shell + "'");
  session.sink().write(
      fmt::format("{1}# {0} completion for percpumap(8), as 'percpumap completion {0}' prints it.\n{2}",
                  shell, shell == "zsh" ? "#compdef percpumap\n" : "", code));
  return 0;
}

}  // namespace percpumap
