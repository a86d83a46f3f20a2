#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "base/error.h"
#include "input/entry_reader.h"
#include "support/text_file.h"
#include "types/format.h"
#include "types/scalar.h"

namespace percpumap::test {
namespace {

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
  Entries entries;
  const Batch& batch = entries.batch;
  std::string result;
  const auto add_batch = [&] {
    for (size_t i = 0; i < batch.count; ++i) {
      result += std::to_string(entries.lines[i]) + ": " + to_hex(batch.key(format.shape, i));
      const Bytes row = batch.row(format.shape, i);
      for (size_t at = 0; at < row.size(); at += 8) result += " " + to_hex(row.subspan(at, 8));
      result += '\n';
    }
  };
  try {
    while (reader.next(entries, limit)) add_batch();
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
  EXPECT_EQ(import_format_by_name("csv"), ImportFormat::csv);
  EXPECT_EQ(import_format_by_name("bpftool-json"), ImportFormat::bpftool_json);
  EXPECT_EQ(import_format_by_name("table"), std::nullopt);
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
            "line 1: not JSON near character 15 of the entry");
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
  EXPECT_EQ(read_all_as(ImportFormat::ndjson, "5\n"),
            "line 1: expected an entry ({\"key\":...}), got number");
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

TEST(Json, BpftoolsArray) {
  const std::string bytes =
      R"({"key":["0x00","0x01"],"values":[{"cpu":0,"value":["0x0a","0x0b","0x0c","0x0d"]},)"
      R"({"cpu":1,"value":["0x01","0x02","0x03","0x04"]}]})";
  EXPECT_EQ(read_all("[" + bytes + "]"), kFirstRead);
  EXPECT_EQ(read_all_as(ImportFormat::bpftool_json, "[" + bytes + "]"), kFirstRead);
}

TEST(EntryReader, EmptyInputHasNoEntries) {
  EXPECT_EQ(read_all(""), "");
  EXPECT_EQ(read_all(" \n\n"), "");
  EXPECT_EQ(read_all_as(ImportFormat::json, "\n"), "");
  EXPECT_EQ(read_all_as(ImportFormat::csv, "\r\n"), "");
}

TEST(EntryReader, StaysAtTheEnd) {
  const TextFile file("[" + kFirst + "]");
  EntryReader reader(file.fd(), small_format());
  Entries entries;
  EXPECT_TRUE(reader.next(entries, 10));
  EXPECT_FALSE(reader.next(entries, 10));
  EXPECT_EQ(entries.batch.count, 0U);
  EXPECT_FALSE(reader.next(entries, 10));
}

TEST(EntryReader, FillsBatchesToTheLimit) {
  const TextFile file(kFirst + "\n" + kSecond + "\n" + kFirst + "\n");
  EntryReader reader(file.fd(), small_format());
  Entries entries;
  ASSERT_TRUE(reader.next(entries, 2));
  EXPECT_EQ(entries.batch.count, 2U);
  EXPECT_EQ(entries.batch.keys.size(), 4U);
  EXPECT_EQ(entries.batch.rows.size(), 32U);
  ASSERT_TRUE(reader.next(entries, 2));
  EXPECT_EQ(entries.batch.count, 1U);
  EXPECT_EQ(entries.lines[0], 3U);
  EXPECT_FALSE(reader.next(entries, 2));
}

TEST(EntryReader, ReadsPipesThatDeliverPieces) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    for (const char c : kFirst) EXPECT_EQ(write(ends[1], &c, 1), 1);
    close(ends[1]);
  });
  EntryReader reader(ends[0], small_format());
  Entries entries;
  EXPECT_TRUE(reader.next(entries, 10));
  EXPECT_EQ(to_hex(entries.batch.key(small_format().shape, 0)), "0001");
  EXPECT_FALSE(reader.next(entries, 10));
  writer.join();
  close(ends[0]);
}

TEST(EntryReader, FailedReadIsASystemError) {
  const int closed = dup(STDIN_FILENO);
  close(closed);
  EntryReader reader(closed, small_format());
  Entries entries;
  try {
    reader.next(entries, 1);
    FAIL() << "read from no descriptor";
  } catch (const Error& error) {
    EXPECT_EQ(error.problem(), Problem::system);
    EXPECT_STREQ(error.what(), "cannot read the input: Bad file descriptor");
    EXPECT_EQ(error.cause, std::errc::bad_file_descriptor);
  }
}

TEST(EntryReader, StopEndsAWaitingRead) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const int stop = eventfd(0, EFD_CLOEXEC);
  EntryReader reader(ends[0], small_format(), stop);
  std::thread stopper([&] {
    usleep(20'000);
    eventfd_write(stop, 1);
  });
  Entries entries;
  Problem problem = Problem::bug;
  try {
    reader.next(entries, 1);
  } catch (const Error& error) {
    problem = error.problem();
  }
  stopper.join();
  for (const int fd : {ends[0], ends[1], stop}) close(fd);
  EXPECT_EQ(problem, Problem::interrupted);
}

TEST(EntryReader, StopKeepsWhatWasRead) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], (kFirst + "\n" + kSecond).data(), kFirst.size() + 10),
            static_cast<ssize_t>(kFirst.size() + 10));
  const int stop = eventfd(0, EFD_CLOEXEC);
  EntryReader reader(ends[0], small_format(), stop);
  std::thread stopper([&] {
    usleep(50'000);
    eventfd_write(stop, 1);
  });
  Entries entries;
  EXPECT_THROW(reader.next(entries, 10), Error);
  stopper.join();
  for (const int fd : {ends[0], ends[1], stop}) close(fd);
  EXPECT_EQ(entries.batch.count, 1U);
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
  Entries entries;
  ASSERT_TRUE(reader.next(entries, 1000));
  ASSERT_EQ(entries.batch.count, 1000U);
  for (size_t entry = 0; entry < 1000; ++entry) {
    const uint64_t* n = &numbers[4 * entry];
    ASSERT_EQ(load_integer(format.key.root(), entries.batch.key(format.shape, entry).data()), n[0]);
    for (size_t slot = 0; slot < 3; ++slot) {
      ASSERT_EQ(load_integer(format.value.root(), entries.batch.value(format.shape, entry, slot).data()),
                n[1 + slot]);
    }
  }
}

}  // namespace
}  // namespace percpumap::test
