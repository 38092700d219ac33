import Foundation

/// What a service is serving, and since when.
public struct ServiceStatus: Sendable, Equatable {
    /// The name or path of the model.
    public var model: String
    /// The digest of everything that decides what adapter a document gets.
    public var recipe: String
    /// The cache of adapters, its path `:memory:` where adapters live in memory only; nil without one.
    public var cache: CacheStatus?
    /// Seconds since the service was made.
    public var uptime: Double

    public init(model: String, recipe: String, cache: CacheStatus?, uptime: Double) {
        self.model = model
        self.recipe = recipe
        self.cache = cache
        self.uptime = uptime
    }
}

/// How full the cache of adapters is, and how often it helped since the service was made.
public struct CacheStatus: Sendable, Equatable {
    /// The cache file.
    public var path: String
    /// The number of adapters in it.
    public var documents: Int
    /// The bytes that they take.
    public var bytes: Int
    /// The most bytes that they may take, or nil for no bound.
    public var byteLimit: Int?
    /// The number of look-ups that found an adapter.
    public var hits: Int
    /// The number of look-ups that did not.
    public var misses: Int

    public init(path: String, documents: Int, bytes: Int, byteLimit: Int?, hits: Int, misses: Int) {
        self.path = path
        self.documents = documents
        self.bytes = bytes
        self.byteLimit = byteLimit
        self.hits = hits
        self.misses = misses
    }
}
