#include "cmd/complete.h"

#include <unistd.h>

#include <csignal>
#include <exception>
#include <optional>

#include "cmd/bash_line.h"
#include "cmd/cursor.h"
#include "cmd/offers.h"
#include "cmd/places.h"
#include "output/sink.h"

namespace percpumap {
namespace {

std::string text_of(const Offers& offers, const std::optional<BashLine>& bash) {
  std::string text = offers.files ? "files" : "";
  if (offers.unfinished) text += text.empty() ? "nospace" : " nospace";
  text += '\n';
  for (const Offer& offer : offers.list()) {
    text += bash ? bash->insertion(offer.word, offers.unfinished) : offer.word;
    if (!offer.help.empty()) (text += '\t') += offer.help;
    text += '\n';
  }
  return text;
}

// What is printed if the backend takes too long.
std::string known_text;

void end_in_time(int) {
  [[maybe_unused]] const ssize_t written = write(STDOUT_FILENO, known_text.data(), known_text.size());
  _exit(0);
}

void offer_live_in_time(const Cursor& cursor, const std::optional<BashLine>& bash, Offers& offers) {
  known_text = text_of(offers, bash);
  std::signal(SIGALRM, end_in_time);
  alarm(1);
  try {
    offer_live(cursor, offers);
  } catch (const std::exception&) {
    // a map that cannot be read, words that make no sense: what was found until then is offered
  }
  alarm(0);
}

void print(const std::string& text) {
  Sink sink(STDOUT_FILENO);
  sink.write(text);
  sink.finish();
}

void complete_words(const std::vector<std::string>& words, const std::optional<BashLine>& bash) {
  const Cursor cursor = find_cursor(words);
  Offers offers(cursor.fixed, cursor.typed);
  offer_known(cursor, offers);
  if (has_live_offers(cursor)) offer_live_in_time(cursor, bash, offers);
  print(text_of(offers, bash));
}

}  // namespace

int complete(std::span<const char* const> arguments) {
  try {
    const std::string_view form = arguments.empty() ? "" : arguments.front();
    if (form == "words" && arguments.size() > 1) {
      complete_words({arguments.begin() + 1, arguments.end()}, std::nullopt);
    } else if (form == "bash" && arguments.size() == 3) {
      BashLine line(arguments[1], arguments[2]);
      if (line.in_redirection()) {
        print("files\n");
      } else if (line.words().size() > 1) {
        complete_words({line.words().begin() + 1, line.words().end()}, line);
      }
    }
  } catch (const std::exception&) {
    // nobody reads what a shell asks for in the middle of a line
  }
  return 0;
}

}  // namespace percpumap
