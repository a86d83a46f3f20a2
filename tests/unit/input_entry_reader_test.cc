#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <thread>

#include "base/error.h"
#include "input/entry_reader.h"
#include "types/format.h"

namespace percpumap {
namespace {

// A file in memory, with the position at its start.
class TextFile {
 public:
  explicit TextFile(std::string_view text) : fd_(memfd_create("entries", MFD_CLOEXEC)) {
    write(text);
    EXPECT_EQ(lseek(fd_, 0, SEEK_SET), 0);
  }
  ~TextFile() { close(fd_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;

  int fd() const { return fd_; }

 private:
  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t wrote = ::write(fd_, text.data(), text.size());
      ASSERT_GT(wrote, 0);
      text.remove_prefix(static_cast<size_t>(wrote));
    }
  }

  int fd_;
};

// Keys of 2 bytes, values of 4, CPUs 0 and 2.
EntryFormat small_format() {
  EntryFormat format;
  format.key = Layout::bytes(2);
  format.value = Layout::bytes(4);
  format.shape = {2, 4, CpuList({0, 2})};
  return format;
}

const std::string kFirst =
    R"({"key":"0001","values":[{"cpu":0,"value":"0a0b0c0d"},{"cpu":2,"value":"01020304"}]})";
const std::string kSecond =
    R"({"key":"0002","values":[{"cpu":2,"value":"ffffffff"},{"cpu":0,"value":"00000000"}]})";
const std::string kFirstRead = "1: 0001 0a0b0c0d00000000 0102030400000000\n";

// "line: key slot slot" of every entry, then the message where reading failed.
std::string read_all(std::string_view text, const EntryFormat& format = small_format(), size_t limit = 100) {
  const TextFile file(text);
  EntryReader reader(file.fd(), format);
  Batch batch;
  std::string result;
  const auto add_batch = [&] {
    for (size_t i = 0; i < batch.count; ++i) {
      result += std::to_string(reader.line(i)) + ": " + to_hex(batch.key(format.shape, i));
      const Bytes row = batch.row(format.shape, i);
      for (size_t at = 0; at < row.size(); at += 8) result += " " + to_hex(row.subspan(at, 8));
      result += '\n';
    }
  };
  try {
    while (reader.next(batch, limit)) add_batch();
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::bad_data);
    add_batch();
    result += error.what();
  }
  return result;
}

std::string read_all_as(ImportFormat from, std::string_view text) {
  EntryFormat format = small_format();
  format.format = from;
  return read_all(text, format);
}

TEST(ImportFormat, IsKnownByName) {
  EXPECT_EQ(import_format_by_name("ndjson"), ImportFormat::ndjson);
  EXPECT_EQ(import_format_by_name("json"), ImportFormat::json);
  EXPECT_EQ(import_format_by_name("csv"), std::nullopt);
}

TEST(Ndjson, OneEntryALine) {
  EXPECT_EQ(read_all(kFirst + "\n" + kSecond + "\n"),
            kFirstRead + "2: 0002 0000000000000000 ffffffff00000000\n");
}

TEST(Ndjson, BlankLinesAreCountedAndPassed) {
  EXPECT_EQ(read_all("\n  \t\r\n" + kFirst + "\r\n\n\n" + kSecond),
            "3: 0001 0a0b0c0d00000000 0102030400000000\n6: 0002 0000000000000000 ffffffff00000000\n");
}

TEST(Ndjson, LastLineNeedsNoNewline) {
  EXPECT_EQ(read_all(kFirst), kFirstRead);
}

TEST(Ndjson, TruncatedLastLineIsAnError) {
  EXPECT_EQ(read_all(kFirst + "\n" + kSecond.substr(0, 40)),
            kFirstRead + "line 2: not JSON: the entry ends too early");
}

TEST(Ndjson, EveryTruncationIsAnError) {
  for (size_t size = 1; size < kFirst.size(); ++size) {
    EXPECT_EQ(read_all(kFirst.substr(0, size)), "line 1: not JSON: the entry ends too early") << size;
  }
}

TEST(Ndjson, WhatIsNotJsonIsNamedByLine) {
  EXPECT_EQ(read_all(kFirst + "\nnonsense\n"), kFirstRead + "line 2: not JSON near character 2 of the entry");
  EXPECT_EQ(read_all("{\"key\":\"0001\" \"values\":[]}\n"),
            "line 1: not JSON near character 22 of the entry");
}

TEST(Ndjson, SecondEntryOnALineIsAnError) {
  EXPECT_EQ(read_all(kFirst + kSecond), "line 1: not JSON near character 84 of the entry");
}

TEST(Ndjson, NulByteIsAnError) {
  std::string text = kFirst + "\n" + kSecond;
  text[kFirst.size() + 20] = '\0';
  EXPECT_EQ(read_all(text), kFirstRead + "line 2: a NUL byte: this is not text");
  EXPECT_EQ(read_all(std::string(100, '\0')), "line 1: a NUL byte: this is not text");
}

TEST(Ndjson, ValuesThatAreNoEntryAreErrors) {
  EXPECT_EQ(read_all("5\n"), "line 1: expected an entry ({\"key\":...}), got number");
  EXPECT_EQ(read_all_as(ImportFormat::ndjson, "[" + kFirst + "]\n"),
            "line 1: expected an entry ({\"key\":...}), got array");
}

TEST(Json, ArrayOfEntries) {
  EXPECT_EQ(read_all("[" + kFirst + "," + kSecond + "]\n"),
            kFirstRead + "1: 0002 0000000000000000 ffffffff00000000\n");
}

TEST(Json, AnyWhiteSpaceBetweenAndWithin) {
  const std::string pretty =
      "\n[\n    {\n        \"key\": \"0001\",\n        \"values\": [\n            {\n                "
      "\"cpu\": 0,\n"
      "                \"value\": \"0a0b0c0d\"\n            },{\"cpu\":2,\r\n\t\"value\":\"01020304\"}\n     "
      "   ]\n"
      "    }\n    ,\n" +
      kSecond + "\n]\n\n";
  EXPECT_EQ(read_all(pretty),
            "3: 0001 0a0b0c0d00000000 0102030400000000\n14: 0002 0000000000000000 ffffffff00000000\n");
}

TEST(Json, BracketsAndQuotesInStringsDoNotCount) {
  const std::string odd = R"({"note":"}]\"{[\\","key":"0001","values":)" + kFirst.substr(kFirst.find('['));
  EXPECT_EQ(read_all("[" + odd + "]"), kFirstRead);
}

TEST(Json, EmptyArrayHasNoEntries) {
  EXPECT_EQ(read_all("[]"), "");
  EXPECT_EQ(read_all(" [ \n ] \n"), "");
}

TEST(Json, ArrayThatIsNeverClosedIsAnError) {
  EXPECT_EQ(read_all("[" + kFirst),
            kFirstRead + "line 1: the array is never closed: the input was cut short");
  EXPECT_EQ(read_all("[" + kFirst + ",\n"),
            kFirstRead + "line 2: the array is never closed: the input was cut short");
  EXPECT_EQ(read_all("["), "line 1: the array is never closed: the input was cut short");
}

TEST(Json, EntryThatIsCutShortIsAnError) {
  EXPECT_EQ(read_all("[" + kFirst + ",\n" + kSecond.substr(0, 30)),
            kFirstRead + "line 2: the input ends in the middle of an entry");
}

TEST(Json, TextAfterTheArrayIsAnError) {
  EXPECT_EQ(read_all("[" + kFirst + "]\n]"),
            kFirstRead + "line 2: expected nothing after the array, got ']'");
  EXPECT_EQ(read_all("[]" + kFirst), "line 1: expected nothing after the array, got '{'");
}

TEST(Json, CommasStandBetweenEntriesOnly) {
  EXPECT_EQ(read_all("[" + kFirst + kSecond + "]"),
            kFirstRead + "line 1: expected ',' or ']' after an entry, got '{'");
  EXPECT_EQ(read_all("[" + kFirst + ",]"), kFirstRead + "line 1: expected an entry ({...}), got ']'");
  EXPECT_EQ(read_all("[,]"), "line 1: expected an entry ({...}), got ','");
}

TEST(Json, OtherElementsAreErrors) {
  EXPECT_EQ(read_all("[1]"), "line 1: expected an entry ({...}), got '1'");
  EXPECT_EQ(read_all(std::string("[\0]", 3)), "line 1: expected an entry ({...}), got byte 0x00");
}

TEST(Json, MismatchedBracketsAreErrors) {
  EXPECT_EQ(read_all("[{\"key\":[}]]"), "line 1: not JSON near character 9 of the entry");
}

TEST(Json, GivenFormatIsNotGuessed) {
  EXPECT_EQ(read_all_as(ImportFormat::json, kFirst), "line 1: expected '[', the array of entries, got '{'");
}

TEST(EntryReader, EmptyInputHasNoEntries) {
  EXPECT_EQ(read_all(""), "");
  EXPECT_EQ(read_all(" \n\n"), "");
  EXPECT_EQ(read_all_as(ImportFormat::json, "\n"), "");
}

TEST(EntryReader, StaysAtTheEnd) {
  const TextFile file("[" + kFirst + "]");
  EntryReader reader(file.fd(), small_format());
  Batch batch;
  EXPECT_TRUE(reader.next(batch, 10));
  EXPECT_FALSE(reader.next(batch, 10));
  EXPECT_EQ(batch.count, 0U);
  EXPECT_FALSE(reader.next(batch, 10));
}

TEST(EntryReader, FillsBatchesToTheLimit) {
  const TextFile file(kFirst + "\n" + kSecond + "\n" + kFirst + "\n");
  EntryReader reader(file.fd(), small_format());
  Batch batch;
  ASSERT_TRUE(reader.next(batch, 2));
  EXPECT_EQ(batch.count, 2U);
  EXPECT_EQ(batch.keys.size(), 4U);
  EXPECT_EQ(batch.rows.size(), 32U);
  ASSERT_TRUE(reader.next(batch, 2));
  EXPECT_EQ(batch.count, 1U);
  EXPECT_EQ(reader.line(0), 3U);
  EXPECT_FALSE(reader.next(batch, 2));
}

TEST(EntryReader, ReadsPipesThatDeliverPieces) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    for (const char c : kFirst) EXPECT_EQ(write(ends[1], &c, 1), 1);
    close(ends[1]);
  });
  EntryReader reader(ends[0], small_format());
  Batch batch;
  EXPECT_TRUE(reader.next(batch, 10));
  EXPECT_EQ(to_hex(batch.key(small_format().shape, 0)), "0001");
  EXPECT_FALSE(reader.next(batch, 10));
  writer.join();
  close(ends[0]);
}

TEST(EntryReader, FailedReadIsASystemError) {
  EntryReader reader(-1, small_format());
  Batch batch;
  try {
    reader.next(batch, 1);
    FAIL() << "read from no descriptor";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::system);
    EXPECT_STREQ(error.what(), "cannot read the input: Bad file descriptor");
    EXPECT_EQ(error.cause, std::errc::bad_file_descriptor);
  }
}

// The alarm repeats, so that one comes when read(2) already waits.
TEST(EntryReader, SignalHandlerEndsAWaitingRead) {
  struct sigaction on_alarm {};
  struct sigaction before {};
  on_alarm.sa_handler = [](int) {};
  ASSERT_EQ(sigaction(SIGALRM, &on_alarm, &before), 0);
  constexpr itimerval kOften = {{0, 5000}, {0, 5000}};
  constexpr itimerval kNever = {};
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EntryReader reader(ends[0], small_format());
  Batch batch;
  Problem problem = Problem::bug;
  setitimer(ITIMER_REAL, &kOften, nullptr);
  try {
    reader.next(batch, 1);
  } catch (const Error& error) {
    problem = error.problem();
  }
  setitimer(ITIMER_REAL, &kNever, nullptr);
  sigaction(SIGALRM, &before, nullptr);
  close(ends[0]);
  close(ends[1]);
  EXPECT_EQ(problem, Problem::interrupted);
}

TEST(EntryReader, EndlessEntryIsAnErrorNotAllMemory) {
  const std::string endless(65 << 20, 'a');
  EXPECT_EQ(read_all("{\"key\":\"" + endless), "line 1: one entry of more than 64 MiB");
  EXPECT_EQ(read_all("\n[\n{\"key\":\"" + endless), "line 3: one entry of more than 64 MiB");
}

// Entries of every length around the block size, so that each place in an entry meets the end of a block.
TEST(EntryReader, BlockEndsAnywhere) {
  std::string text = "[";
  std::string expected;
  for (size_t i = 0; i < 9000; ++i) {
    text += std::string(i % 97, ' ') + kFirst + (i + 1 < 9000 ? "," : "]");
    expected += kFirstRead;
  }
  EXPECT_EQ(read_all(text), expected);
}

TEST(EntryReader, EntryLongerThanABlock) {
  EntryFormat format;
  format.key = Layout::bytes(1);
  format.value = Layout::bytes(600'000);
  format.shape = {1, 600'000, CpuList({0})};
  const std::string digits(1'200'000, '7');
  const std::string line = R"({"key":"01","values":[{"cpu":0,"value":")" + digits + "\"}]}\n";
  EXPECT_EQ(read_all(line + line, format).size(),
            2 * (std::string("1: 01").size() + size_t{75'000} * 17 + 1));
}

TEST(EntryReader, RandomIntegersComeBack) {
  EntryFormat format;
  format.key = Layout::integer(8, false);
  format.value = Layout::integer(8, true);
  format.wide = WideNumbers::strings;
  format.shape = {8, 8, CpuList({0, 1, 5})};
  std::mt19937_64 random(17);
  std::vector<uint64_t> numbers;
  std::string text;
  for (int entry = 0; entry < 1000; ++entry) {
    for (int i = 0; i < 4; ++i) numbers.push_back(random() >> (random() % 64));
    const uint64_t* n = &numbers[numbers.size() - 4];
    const auto value = [&](size_t i) { return std::to_string(static_cast<int64_t>(n[i])); };
    text += "{\"key\":\"" + std::to_string(n[0]) + "\",\"values\":[{\"cpu\":0,\"value\":" + value(1) +
            "},{\"cpu\":1,\"value\":\"" + value(2) + "\"},{\"cpu\":5,\"value\":" + value(3) + "}]}\n";
  }
  const TextFile file(text);
  EntryReader reader(file.fd(), format);
  Batch batch;
  ASSERT_TRUE(reader.next(batch, 1000));
  ASSERT_EQ(batch.count, 1000U);
  for (size_t entry = 0; entry < 1000; ++entry) {
    const uint64_t* n = &numbers[4 * entry];
    ASSERT_EQ(load_integer(format.key, batch.key(format.shape, entry)), n[0]);
    for (size_t slot = 0; slot < 3; ++slot) {
      ASSERT_EQ(load_integer(format.value, batch.value(format.shape, entry, slot)), n[1 + slot]);
    }
  }
}

}  // namespace
}  // namespace percpumap
