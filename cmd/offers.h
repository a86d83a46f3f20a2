// What a shell offers for the word under the cursor.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace percpumap {

struct Offer {
  std::string word;  // as a whole, without quotes
  std::string help;  // may be empty
};

class Offers {
 public:
  // The word under the cursor: what is no more to be changed, and the rest, with which every offer begins.
  Offers(std::string fixed, std::string typed) : fixed_(std::move(fixed)), typed_(std::move(typed)) {}

  const std::string& typed() const { return typed_; }
  // Of `typed`, what stands up to the last of these marks is no more to be changed.
  void fix_through(std::string_view marks);

  // Whether `rest` begins with what is typed, and holds nothing that a terminal may obey.
  bool fits(std::string_view rest) const;
  // Adds what is fixed and `rest`, if it fits.
  void add(std::string_view rest, std::string_view help = {});

  // Of a list that is not whole. A shell inserts what all of them have in common, and it is not known what
  // all of them have: nothing is left, unless two differ in the character behind what is typed.
  void drop_if_they_agree();

  const std::vector<Offer>& list() const { return list_; }

  bool files = false;       // file names may stand here, where nothing in the list fits
  bool unfinished = false;  // what is offered may go on behind: no blank follows

 private:
  std::string fixed_;
  std::string typed_;
  std::vector<Offer> list_;
};

}  // namespace percpumap
