/// A kind of thing of which the program knows several by their names: tasks, formats, metrics, methods.
///
/// Each is a constant, declared in the file that says what it does, and a line of `allCases`, which is the registry. So
/// a further one touches one new file and that line, and whatever lists or looks up names finds it.
public protocol Registered: RawRepresentable<String>, CaseIterable, Hashable, Codable, Sendable, CustomStringConvertible
where AllCases == [Self] {}

extension Registered {
    /// The one of this name; `nil` where none is registered.
    public init?(rawValue: String) {
        guard let registered = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = registered
    }

    public static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }

    public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }

    public var description: String { rawValue }
}
