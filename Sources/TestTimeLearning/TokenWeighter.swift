import Autodiff
import Tensors

/// The token weighter ω: how much each token of a document counts when it is learned.
///
/// w = softplus₃(fc2·gelu(fc1·h)), with h the last hidden state of that token under the adapted model (method, "Symbols").
public struct TokenWeighter<Value> {
    /// [hidden, width] and [hidden]
    public var weight1, bias1: Value
    /// [1, hidden] and [1]
    public var weight2, bias2: Value

    /// The sharpness β of the softplus at the end.
    static var softplusBeta: Double { 3 }

    public static var names: [String] { ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"] }

    /// In the order of `names`.
    public var tensors: [Value] { [weight1, bias1, weight2, bias2] }

    public init(tensors: [Value]) {
        precondition(tensors.count == 4, "a token weighter has four tensors")
        (weight1, bias1, weight2, bias2) = (tensors[0], tensors[1], tensors[2], tensors[3])
    }

    public func map<New>(_ transform: (Value) throws -> New) rethrows -> TokenWeighter<New> {
        TokenWeighter<New>(tensors: try tensors.map(transform))
    }
}

extension TokenWeighter: Sendable where Value: Sendable {}

extension TokenWeighter {
    /// A weighter that begins by giving every token the same weight.
    public init<Scalar>(
        width: Int, hiddenWidth: Int, using random: inout RandomSource
    ) where Value == Tensor<Scalar> {
        self.init(tensors: [
            Tensor(normal: [hiddenWidth, width], standardDeviation: 1 / Double(width).squareRoot(), using: &random),
            Tensor(zeros: [hiddenWidth]), Tensor(zeros: [1, hiddenWidth]), Tensor(zeros: [1]),
        ])
    }

    /// The weight of each row of hidden states [rows, width]: [rows].
    func weights<Carried>(of hidden: Variable<Carried>) -> Variable<Carried> where Value == Variable<Carried> {
        hidden.linear(weight1).addingToRows(bias1).mapped(.gelu)
            .linear(weight2).addingToRows(bias2).mapped(.softplus(beta: Self.softplusBeta))
            .reshaped([hidden.value.primal.rows])
    }
}
