import Foundation
import SeededRandom
import Testing

@Suite struct RandomSourceTests {
    /// From an independent implementation of xoshiro256** and SplitMix64 in Python; those of seed 0 are also the
    /// reference values that the Rust crate rand_xoshiro tests against.
    @Test func seedsGiveTheRecordedNumbers() {
        func numbers(_ random: RandomSource, _ count: Int) -> [UInt64] {
            var random = random
            return (0..<count).map { _ in random.next() }
        }
        #expect(
            numbers(RandomSource(seed: 0), 4) == [
                11_091_344_671_253_066_420, 13_793_997_310_169_335_082, 1_900_383_378_846_508_768,
                7_684_712_102_626_143_532,
            ])
        #expect(
            numbers(RandomSource(seed: 2507), 4) == [
                2_874_068_580_111_674_672, 9_202_293_714_983_983_740, 16_994_113_265_711_217_546,
                4_939_010_619_628_346_709,
            ])
        #expect(
            numbers(RandomSource(seed: 2507, stream: 3), 2) == [14_521_249_338_789_884_749, 4_876_409_824_011_321_513])
    }

    @Test func uniformAndNormalNumbersFollowFromTheStream() {
        var uniform = RandomSource(seed: 2507), normal = uniform
        #expect(uniform.uniform() == 0.15580356992147026)
        #expect(uniform.uniform() == 0.4988573418817669)
        #expect(abs(normal.normal() - -0.5819988732945565) < 1e-15)
        #expect(abs(normal.normal() - -0.25084170323784294) < 1e-15)
    }

    @Test func momentsAreThoseOfTheDistributions() {
        var random = RandomSource(seed: 1)
        let count = 30_000
        func moments(_ numbers: [Double]) -> [Double] {
            (1...4).map { power in numbers.reduce(0) { $0 + pow($1, Double(power)) } / Double(count) }
        }
        let uniform = (0..<count).map { _ in random.uniform() }
        #expect(uniform.allSatisfy { (0..<1).contains($0) })
        // The allowances are four to five standard errors.
        for (found, (expected, allowance)) in zip(
            moments(uniform), [(0.5, 0.008), (1 / 3.0, 0.008), (0.25, 0.008), (0.2, 0.008)])
        {
            #expect(abs(found - expected) < allowance)
        }
        let normal = (0..<count).map { _ in random.normal() }
        for (found, (expected, allowance)) in zip(
            moments(normal), [(0.0, 0.025), (1.0, 0.035), (0.0, 0.1), (3.0, 0.25)])
        {
            #expect(abs(found - expected) < allowance)
        }
    }

    @Test func wholeNumbersCoverTheirRangeEvenly() {
        var random = RandomSource(seed: 3)
        var counts = [Int: Int]()
        for _ in 0..<6000 { counts[random.integer(in: -2...3), default: 0] += 1 }
        #expect(counts.keys.sorted() == [-2, -1, 0, 1, 2, 3])
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 150 })
        #expect(random.integer(in: 7...7) == 7)
        #expect(random.choice(of: ["only"]) == "only")
    }

    @Test func samplesHaveNoRepeats() {
        var random = RandomSource(seed: 4)
        var firsts = [Int: Int](), chosen = [Int: Int](), sizes = Set<Int>()
        for _ in 0..<5000 {
            let sample = random.sample(3, of: Array(0..<5))
            sizes.insert(Set(sample).count)
            firsts[sample[0], default: 0] += 1
            for element in sample { chosen[element, default: 0] += 1 }
        }
        #expect(sizes == [3])
        #expect((0..<5).allSatisfy { abs((firsts[$0] ?? 0) - 1000) < 150 })
        #expect((0..<5).allSatisfy { abs((chosen[$0] ?? 0) - 3000) < 200 })
        let everything = random.sample(99, of: Array(0..<20))
        #expect(everything != Array(0..<20) && everything.sorted() == Array(0..<20))
        #expect(random.sample(0, of: [1, 2]) == [])
        #expect(random.sample(2, of: [Int]()) == [])
    }

    @Test func streamsOfOneSeedDiffer() {
        let sources = (0..<20).map { RandomSource(seed: 6, stream: $0) } + [RandomSource(seed: 6)]
        let firsts = sources.map { source in
            var source = source
            return source.next()
        }
        #expect(Set(firsts).count == 21)
    }
}
