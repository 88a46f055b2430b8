// SPDX-License-Identifier: MIT
// The verdict of a soak is no better than its books: each fault that they are there for is found.
#include "tests/soak/books.h"

#include <gtest/gtest.h>

#include "tests/soak/growth.h"

namespace lab {
namespace {

constexpr char kBoot[] = "one";

class SoakBooks : public testing::Test {
 protected:
  SoakBooks() {
    for (uint64_t number = 1; number <= 5; ++number) Store(number, number);
    Store(6, 9, true);
    for (const StoredEntry& entry : stored_)
      books_.Receive({entry.boot_id, entry.first}, entry.record);
    epoch_ = {kBoot, 9, 9, 4};
  }

  void Store(uint64_t first, uint64_t last, bool gap = false) {
    stored_.push_back({kBoot, first, last, !gap, gap});
  }

  std::string Check() {
    books_.Close(epoch_);
    std::string all;
    for (const std::string& fault : books_.Check(stored_, totals_)) all += fault + "\n";
    return all;
  }

  void ExpectFault(const std::string& part) {
    const std::string faults = Check();
    EXPECT_NE(faults.find(part), std::string::npos) << "it says: " << faults;
  }

  Books books_;
  Epoch epoch_;
  std::vector<StoredEntry> stored_;
  Totals totals_;
};

TEST_F(SoakBooks, EntryThatIsNotInTheStoreIsFound) {
  stored_.erase(stored_.begin() + 2);
  ExpectFault("after number 2 comes 4");
}

TEST_F(SoakBooks, EntryThatIsTwiceInTheStoreIsFound) {
  stored_.push_back(stored_.front());
  ExpectFault("number 1 of boot one is there twice");
}

TEST_F(SoakBooks, StoreThatEndsEarlyIsFound) {
  stored_.pop_back();
  ExpectFault("ends with 5, but 9 were emitted");
}

TEST_F(SoakBooks, EntryThatNeverCameToTheReceiverIsFound) {
  Store(10, 10);
  epoch_.emitted = epoch_.taken = 10;
  ExpectFault("number 10 of boot one is in the store and never came");
}

TEST_F(SoakBooks, EntryThatTheReceiverAloneHasIsFound) {
  books_.Receive({kBoot, 77}, true);
  ExpectFault("number 77 of boot one came to the receiver and is not in the store");
}

TEST_F(SoakBooks, EventThatTheReceiverHasAndTheStoreCallsLostIsFound) {
  books_.Receive({kBoot, 8}, true);
  ExpectFault("number 8 of boot one came to the receiver and is not in the store");
}

TEST_F(SoakBooks, LossThatTheReceiverAloneHasIsFound) {
  books_.Receive({kBoot, 10}, false);
  ExpectFault("number 10 of boot one came to the receiver and is not in the store");
}

// A logd that was killed before the store had room had said so.
TEST_F(SoakBooks, LossThatTheReceiverKnowsInMoreDetailIsNoFault) {
  books_.Receive({kBoot, 8}, false);
  EXPECT_EQ(Check(), "");
}

TEST_F(SoakBooks, EventThatWasOverwrittenAfterItWasSentIsNoFault) {
  books_.Receive({kBoot, 8}, true);
  epoch_.overwrote = true;
  EXPECT_EQ(Check(), "");
}

TEST_F(SoakBooks, NumbersThatLogdDoesNotAnswerForAreFound) {
  epoch_.taken = 8;
  ExpectFault("9 were emitted, and logd answers for 8");
}

TEST_F(SoakBooks, LossThatTheKernelDoesNotKnowOfIsFound) {
  epoch_.dropped = 3;
  ExpectFault("the kernel dropped 3 records, the store misses 4");
}

TEST_F(SoakBooks, BootThatNobodyKnowsOfIsFound) {
  stored_.push_back({"other", 1, 1});
  ExpectFault("nobody knows of boot other");
}

TEST_F(SoakBooks, BooksThatBalanceHaveNoFault) {
  books_.Receive({kBoot, 1}, true);
  EXPECT_EQ(Check(), "");
  EXPECT_EQ(totals_.delivered, 5u);
  EXPECT_EQ(totals_.lost, 4u);
  EXPECT_EQ(books_.Repeated(), 1u);
}

Growth Measured(const std::vector<uint64_t>& values) {
  Growth growth("memory", 100, 2);
  for (const uint64_t value : values) growth.Measure(value);
  return growth;
}

TEST(SoakGrowth, WhatGrowsIsFound) {
  EXPECT_EQ(Measured({10, 20, 20, 20, 30, 30, 30, 30}).Fault(), "memory grew from 20 to 30");
}

TEST(SoakGrowth, WhatWasNeverMeasuredIsAFault) { EXPECT_TRUE(Measured({}).Fault()); }

TEST(SoakGrowth, OneMeasurementBeyondTheMostIsAFault) { EXPECT_TRUE(Measured({10, 101}).Fault()); }

TEST(SoakGrowth, WhatSettlesAndStaysIsNone) {
  EXPECT_FALSE(Measured({5, 40, 41, 40, 42, 41, 40, 42}).Fault());
  EXPECT_FALSE(Measured({10, 50}).Fault());
}

}  // namespace
}  // namespace lab
