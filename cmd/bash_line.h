// A command line as bash and readline see it while it is being written.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace percpumap {

// Takes quotes off as bash(1) does; nothing is expanded.
class BashLine {
 public:
  // `line` is the line up to the cursor, `text` its end, which readline replaces by what is completed: what
  // stands behind the last quote that is open, or else behind the last of COMP_WORDBREAKS.
  BashLine(std::string_view line, std::string_view text);

  // Whether the cursor is in the file of a redirection, which is no word of the command.
  bool in_redirection() const { return redirects_; }

  // The last one is under the cursor.
  const std::vector<std::string>& words() const { return words_; }

  // What has to be put in the place of `text` so that the last word is `word`, which begins as that does.
  // In single quotes where it has to be; with a quote that is open readline closes it. `open`: such a word
  // may go on within its quotes.
  std::string insertion(std::string_view word, bool open) const;

 private:
  void read(std::string_view line, size_t start_of_text);
  void end_word();
  size_t begin_redirection(std::string_view rest);

  std::vector<std::string> words_{""};
  bool redirects_ = false;
  char quote_ = 0;   // that is open at the cursor
  size_t kept_ = 0;  // characters of the last word that stand before `text`
};

}  // namespace percpumap
