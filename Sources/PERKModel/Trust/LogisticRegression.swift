import Foundation

/// The probability of one of two outcomes as a logistic function of some features, fitted by maximum likelihood with a
/// ridge: it minimizes the sum of the rows' losses plus ridge/2·|weights|²; the bias is free.
struct LogisticRegression: Equatable {
    var bias: Double
    var weights: [Double]

    /// 1 / (1 + exp(-x)), without overflow.
    static func sigmoid(_ x: Double) -> Double { x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)) }

    func probability(_ features: [Double]) -> Double {
        Self.sigmoid(zip(weights, features).reduce(bias) { $0 + $1.0 * $1.1 })
    }

    /// Fits by Newton's method (iteratively reweighted least squares), halving steps that do not get lower.
    ///
    /// - Parameters:
    ///   - features: [rows][features], of like scale, for the ridge treats all alike; at least one row.
    ///   - outcomes: of each row.
    ///   - ridge: above 0, so that there is a minimum even where a plane divides the outcomes.
    init(features: [[Double]], outcomes: [Bool], ridge: Double) {
        precondition(features.count == outcomes.count && !features.isEmpty && ridge > 0, "rows with their outcomes")
        // The bias is the weight of a first feature that is always 1.
        let rows = features.map { [1] + $0 }
        var parameters = [Double](repeating: 0, count: rows[0].count)
        let rates = parameters.indices.map { $0 == 0 ? 0 : ridge }
        func loss(_ parameters: [Double]) -> Double {
            var sum = 0.5 * zip(rates, parameters).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
            for (row, outcome) in zip(rows, outcomes) {
                let score = Self.dot(row, parameters) * (outcome ? -1 : 1)
                sum += max(0, score) + log1p(exp(-abs(score)))
            }
            return sum
        }
        var best = loss(parameters)
        for _ in 0..<100 {
            let step = Self.newtonStep(at: parameters, rows: rows, outcomes: outcomes, rates: rates)
            var share = 1.0
            var candidate = zip(parameters, step).map { $0 - share * $1 }
            while loss(candidate) > best, share > 1e-9 {
                share /= 2
                candidate = zip(parameters, step).map { $0 - share * $1 }
            }
            let reached = loss(candidate)
            guard reached < best else { break }
            (parameters, best) = (candidate, reached)
            if (step.map(abs).max() ?? 0) < 1e-10 { break }
        }
        (bias, weights) = (parameters[0], Array(parameters.dropFirst()))
    }

    /// H⁻¹·g at `parameters`, where H has the outer products of the rows by p·(1 - p).
    private static func newtonStep(
        at parameters: [Double], rows: [[Double]], outcomes: [Bool], rates: [Double]
    ) -> [Double] {
        let size = parameters.count
        var gradient = zip(rates, parameters).map { $0 * $1 }
        var curvature = (0..<size).map { row in (0..<size).map { row == $0 ? rates[row] : 0 } }
        for (row, outcome) in zip(rows, outcomes) {
            let probability = sigmoid(dot(row, parameters))
            let error = probability - (outcome ? 1 : 0)
            // Not quite 0 where the outcome is certain, so that the bias stays determined.
            let weight = max(probability * (1 - probability), 1e-12)
            for i in 0..<size {
                gradient[i] += error * row[i]
                for j in 0...i { curvature[i][j] += weight * row[i] * row[j] }
            }
        }
        return solution(of: curvature, gradient)
    }

    /// Solves A·x = b by Cholesky's factors, for a positive definite A of which the lower triangle is read.
    private static func solution(of a: [[Double]], _ b: [Double]) -> [Double] {
        var lower = a
        var x = b
        for i in x.indices {
            for j in 0...i {
                let rest = (0..<j).reduce(lower[i][j]) { $0 - lower[i][$1] * lower[j][$1] }
                lower[i][j] = i == j ? sqrt(rest) : rest / lower[j][j]
            }
            x[i] = (0..<i).reduce(x[i]) { $0 - lower[i][$1] * x[$1] } / lower[i][i]
        }
        for i in x.indices.reversed() {
            x[i] = (i + 1..<x.count).reduce(x[i]) { $0 - lower[$1][i] * x[$1] } / lower[i][i]
        }
        return x
    }

    private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
