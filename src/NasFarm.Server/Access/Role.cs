namespace NasFarm.Server.Access;

/// <summary>What somebody may do in a tenant. Each role may do what those before it may.</summary>
public enum Role
{
    /// <summary>Reads.</summary>
    Viewer,

    /// <summary>Submits manifests.</summary>
    Submitter,

    /// <summary>Pauses, resumes, cancels, tries again, sets priorities.</summary>
    Operator,

    /// <summary>Deletes, makes and revokes tokens, reads the audit log. Of every tenant: also closes and opens slots.</summary>
    Admin,
}
